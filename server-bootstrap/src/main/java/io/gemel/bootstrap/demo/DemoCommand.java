package io.gemel.bootstrap.demo;

import io.gemel.bootstrap.cli.ExitHook;
import io.gemel.bootstrap.cli.Logging;
import io.gemel.bootstrap.cli.Refusals;
import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives the tour, then leaves the cluster running. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "A tour of a real three-node cluster on this machine: registers both kinds of instances, kills a client, the leader"
                    + " and everything, and checks at each step what Gemel promises.",
            "Leaves the cluster running until Ctrl-C. Exits with 1 if a promise was broken."
        },
        footer = {"", "Examples:", "  gemel demo", "  gemel demo --once"})
public final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--once", description = "Stop after the tour.")
    private boolean once;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Keep data and logs here; must be empty. Default: a temporary directory")
    private @Nullable Path dir;

    @Option(names = "--keep", description = "Keep the temporary directory.")
    private boolean keep;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Logging.off();
        Path place = dir == null ? Files.createTempDirectory("gemel-demo-") : Files.createDirectories(dir);
        if (!isEmpty(place)) {
            Refusals.print(
                    spec.commandLine().getErr(),
                    "BAD_DIRECTORY",
                    "--dir: " + place + " is not empty",
                    "name an empty or new directory");
            return Refusals.USAGE;
        }
        Story story = new Story(spec.commandLine().getOut());
        story.line("Gemel demo: three servers on this machine, data and logs in " + place);
        Tour tour = new Tour(place, story);
        ExitHook.run(() -> end(tour, place, dir == null && !keep));
        try {
            tour.run();
        } catch (BrokenPromise | RegistryException failure) {
            keep = true;
            Refusals.print(
                    spec.commandLine().getErr(),
                    "BROKEN_PROMISE",
                    String.valueOf(failure.getMessage()),
                    "see the logs in " + place + ", and report this");
            return Refusals.REFUSED;
        }
        if (!once) {
            stay(story, tour, place);
        }
        return 0;
    }

    private void stay(Story story, Tour tour, Path place) throws InterruptedException {
        List<ServerProcess> servers = tour.cluster().servers();
        String first = servers.get(0).clientAddress();
        story.line("");
        story.line("The cluster goes on until Ctrl-C:");
        servers.forEach(server -> story.says(server.id() + "  " + server.clientAddress()));
        story.line("Try, in another terminal:");
        story.says("./gemel status --server=" + first);
        story.says("./gemel watch orders --server=" + first);
        story.says("./gemel register orders 10.0.0.4:8080 --server="
                + servers.get(1).clientAddress());
        ExitHook.runThenExitCleanly(() -> end(tour, place, dir == null && !keep));
        new CountDownLatch(1).await();
    }

    private synchronized void end(Tour tour, Path place, boolean delete) {
        tour.close();
        if (delete) {
            delete(place);
        }
    }

    private static boolean isEmpty(Path place) throws IOException {
        try (Stream<Path> files = Files.list(place)) {
            return files.findAny().isEmpty();
        }
    }

    private static void delete(Path place) {
        if (!Files.exists(place)) {
            return;
        }
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
