package io.gemel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.gemel.it.ClassArchive;
import io.gemel.it.faults.run.FaultsCommand;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A short matrix of {@code gemel faults}, as people run it: a few minutes of the faults that find most.
 *
 * <p>Seeds are fixed, so that a red run is a change; the last one is by lot, so that every run of this test is also a new one.
 * {@code -Dgemel.faults.seed=S} repeats it.
 */
@Tag("alone")
class FaultsIT {
    private static final int SKIPPED = 4;
    private static final int UNDECIDED = 5;
    private static final Path ROOT = Path.of(System.getProperty("gemel.it.dir", "target/it"))
            .toAbsolutePath()
            .resolve("FaultsIT");

    private record Ended(int code, String out) {}

    @ParameterizedTest(name = "{0} under {1}")
    @CsvSource({
        "register,       kill-leader,         8s, 11, --no-restarts",
        "register,       isolate-leader,      8s, 12, --no-restarts",
        "set,            kill-all,            8s, 13, --restarts",
        "set,            power-loss-majority, 8s, 14, --no-restarts",
        "revision-reads, pause-leader,        8s, 15, --no-restarts",
        "churn,          partition-halves,    8s, 16, --no-restarts",
        "churn,          kill-one,            8s, 17, --no-restarts"
    })
    void everyPromiseHolds(String workload, String nemesis, String time, long seed, String restarts) {
        Ended ended = run(workload, nemesis, time, seed, restarts);

        assertThat(ended.code()).as("%s", ended.out()).isZero();
    }

    @Test
    void everyPromiseHoldsUnderFaultsByLot() {
        long seed = Long.getLong("gemel.faults.seed", 1 + new SecureRandom().nextInt(1_000_000));
        System.out.println("FaultsIT: mixed under random with seed " + seed);
        Ended ended = run("mixed", "random", "10s", seed, "--no-restarts");
        Path dir = dir("mixed", "random");

        assumeFalse(ended.code() == UNDECIDED, () -> "too little happened by this lot to judge:\n" + ended.out());
        assertThat(ended.code()).as("%s", ended.out()).isZero();

        Ended again = faults(dir, List.of("--check", dir.toString()));
        assertThat(again.code())
                .as("judged again, by its files: %s", again.out())
                .isEqualTo(ended.code());
    }

    private static Ended run(String workload, String nemesis, String time, long seed, String restarts) {
        Path dir = dir(workload, nemesis);
        Ended ended = faults(
                dir,
                List.of(
                        "--workload",
                        workload,
                        "--nemesis",
                        nemesis,
                        "--time",
                        time,
                        "--seed",
                        Long.toString(seed),
                        "--out",
                        dir.toString(),
                        restarts));
        assumeFalse(ended.code() == SKIPPED, () -> nemesis + " cannot be injected here:\n" + ended.out());
        assertThat(dir.resolve("report.html")).isNotEmptyFile();
        assertThat(dir.resolve("history.edn")).isNotEmptyFile();
        return ended;
    }

    private static Path dir(String workload, String nemesis) {
        return ROOT.resolve(workload + "-" + nemesis);
    }

    /** Runs the command in a process of its own, because it moves into namespaces of its own. */
    private static Ended faults(Path dir, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-ea",
                "-Dgemel.jar=" + jar(),
                "-cp",
                String.join(File.pathSeparator, jar().toString(), classes().toString(), libraries()),
                FaultsCommand.class.getName()));
        command.addAll(arguments);
        try {
            Files.createDirectories(ROOT);
            Path log = ROOT.resolve(dir.getFileName() + ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                boolean ended = process.waitFor(10, TimeUnit.MINUTES);
                assertThat(ended)
                        .as("%s ended; it printed:%n%s", command, Files.readString(log))
                        .isTrue();
                return new Ended(process.exitValue(), Files.readString(log));
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What the harness needs and gemel.jar has not. */
    private static String libraries() {
        return classes().resolveSibling("lib") + File.separator + "*";
    }

    private static Path jar() {
        Path jar = Path.of(System.getProperty("gemel.jar", "gemel.jar")).toAbsolutePath();
        assertThat(jar).as("made by server-bootstrap's package phase").isRegularFile();
        Optional<Path> unused = ClassArchive.made();
        return jar;
    }

    /** The harness itself, wherever the build has put it. */
    private static Path classes() {
        try {
            return Path.of(FaultsCommand.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
