package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Copies a running Nacos registry, and keeps the copy up to date. */
@Command(
        name = "mirror",
        mixinStandardHelpOptions = true,
        usageHelpWidth = 100,
        description = {
            "Copies a namespace of a running Nacos registry into this one and keeps the copy up to date: protection"
                    + " thresholds and metadata of services, persistent instances, and, while it runs, ephemeral ones.",
            "What it registers is marked with metadata '" + MirrorPlan.MARK + "'. Whatever has registered here by"
                    + " itself is left alone. While Nacos cannot be read, everything stays as it is."
        },
        footer = {
            "",
            "Examples:",
            "  gemel mirror --from=nacos://10.0.0.1:8848                 until Ctrl-C",
            "  gemel mirror --from=nacos://10.0.0.1:8848 --once          settings and persistent instances alone",
            "  gemel compare --from=nacos://10.0.0.1:8848                what still differs"
        })
final class MirrorCommand implements Callable<Integer> {
    @Mixin
    private final Registry registry = new Registry();

    @Mixin
    private final NacosSource source = new NacosSource();

    @Option(names = "--once", description = "One round, without ephemeral instances: they would go with this command.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to wait between two rounds, each of which reads all services. Default: 5")
    private int intervalSeconds;

    private String lastSaid = "";

    @Override
    public Integer call() throws InterruptedException {
        if (intervalSeconds < 1 || intervalSeconds > 3600) {
            throw registry.usage("--interval: %d (expected: 1..3600 seconds)".formatted(intervalSeconds));
        }
        try (NamingService gemel = registry.connect()) {
            Mirror mirror = mirror(gemel);
            if (once) {
                return round(mirror) ? 0 : Refusals.REFUSED;
            }
            ExitHook.runThenExitCleanly(gemel::close);
            CountDownLatch never = new CountDownLatch(1);
            do {
                tryRound(mirror);
            } while (!never.await(intervalSeconds, TimeUnit.SECONDS));
            return 0;
        } catch (IOException e) {
            throw source.unreadable(e);
        }
    }

    private Mirror mirror(NamingService gemel) {
        try {
            return new Mirror(
                    source.open(), source.name(), gemel, gemel.options().namespace(), !once);
        } catch (IllegalArgumentException e) {
            throw registry.usage(String.valueOf(e.getMessage()));
        }
    }

    private void tryRound(Mirror mirror) {
        try {
            boolean unused = round(mirror);
        } catch (IOException e) {
            say("nothing changed: " + e.getMessage(), List.of(), false);
        } catch (RegistryException e) {
            // What is mirrored lives with this command, so it waits until it is heard again.
            say("not completed: %s: %s".formatted(e.code(), e.getMessage()), List.of(), false);
        }
    }

    /** Whether all of it could be mirrored. Throws if Nacos cannot be read; nothing has changed then. */
    private boolean round(Mirror mirror) throws IOException {
        Mirror.Round round = mirror.round();
        String done = "services %d, registered %d, removed %d"
                .formatted(round.services(), round.registered(), round.removed());
        say(done, round.problems(), round.registered() + round.removed() > 0);
        return round.problems().isEmpty();
    }

    /** What is as it was in the last round is not said again. */
    private void say(String done, List<String> problems, boolean changed) {
        String all = done + problems;
        if (changed || !all.equals(lastSaid)) {
            registry.out().println(done);
            problems.forEach(problem -> registry.out().println("  " + problem));
            registry.out().flush();
        }
        lastSaid = all;
    }
}
