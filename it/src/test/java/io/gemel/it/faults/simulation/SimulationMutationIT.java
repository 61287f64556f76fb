package io.gemel.it.faults.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.agent.AgentJar;
import io.gemel.it.faults.agent.Mutant;
import io.gemel.it.faults.agent.Mutants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated clusters find every seeded bug that is in what they run, and the checks say which promise it breaks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulationMutationIT {
    private static final Path DIR =
            Path.of(System.getProperty("gemel.it.dir")).resolveSibling("faults").resolve("simulated");
    private static final int SEEDS = 40;
    private static final long LIMIT_SECONDS = 120;

    /** Checks that find in simulated time what others find in processes, or find it as well. */
    private static final Map<String, Set<String>> ALSO_FOUND_BY = Map.of(
            "no-relink", Set.of("origins"),
            "dead-node-never-expires", Set.of("origins"),
            "revision-not-bumped", Set.of("revisions-grow"),
            "empty-push", Set.of("registrations"),
            "cached-find", Set.of("registrations", "watch-final"),
            "lost-redo", Set.of("watch-empty", "watch-flaps"),
            "no-resume-window", Set.of("watch-empty"));

    private static final String NO_RAFT = "Raft and its disks do not run in simulated time";
    private static final String NO_PROCESS = "it fills a process, and simulated nodes share one";

    /** What simulated time cannot show, and why. */
    private static final Map<String, String> UNSEEN = unseen();

    private final Map<String, String> caught = new TreeMap<>();

    private static Map<String, String> unseen() {
        Map<String, String> unseen = new TreeMap<>();
        for (String name : List.of(
                "stale-read",
                "lease-read",
                "min-revision-ignored",
                "lost-ack",
                "retry-unknown",
                "cas-ignored",
                "non-deterministic-apply",
                "state-off-loop",
                "skip-sync",
                "wal-default",
                "vote-not-persisted",
                "snapshot-drops-a-key",
                "index-not-rebuilt",
                "no-second-election",
                "ap-needs-raft")) {
            unseen.put(name, NO_RAFT);
        }
        for (String name : List.of("unbounded-queue", "thread-leak", "file-leak")) {
            unseen.put(name, NO_PROCESS);
        }
        return unseen;
    }

    static Stream<Mutant> seen() {
        return Mutants.all().stream().filter(mutant -> !UNSEEN.containsKey(mutant.name()));
    }

    @Test
    void whatCannotBeSeenIsListed() {
        assertThat(Mutants.all()).extracting(Mutant::name).containsAll(UNSEEN.keySet());
    }

    /** Then none survives anywhere: the others are tried in processes. */
    @Test
    void whatProcessesCannotShowIsSeenHere() {
        assertThat(Mutants.all().stream()
                        .filter(mutant -> Mutants.simulatedAlone(mutant).isPresent()))
                .isNotEmpty()
                .extracting(Mutant::name)
                .doesNotContainAnyElementsOf(UNSEEN.keySet());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("seen")
    void isCaught(Mutant mutant) throws Exception {
        Files.createDirectories(DIR);
        Path out = DIR.resolve(mutant.name() + ".out");
        Path err = DIR.resolve(mutant.name() + ".err");
        int exit = run(mutant.name(), out, err);

        List<String> told = Files.readAllLines(out);
        String tail = String.join("\n", told.subList(0, Math.min(8, told.size())));
        assertThat(Files.readAllLines(err))
                .withFailMessage("no node came past the bug: %s", err)
                .anyMatch(line -> line.startsWith("faults-agent reached"));
        assertThat(exit)
                .withFailMessage("not caught by %d seeds: %s", SEEDS, tail)
                .isEqualTo(1);
        Set<String> expected = new TreeSet<>(mutant.checks());
        expected.addAll(ALSO_FOUND_BY.getOrDefault(mutant.name(), Set.of()));
        Set<String> violated = told.stream()
                .filter(line -> line.startsWith(TrialMain.VIOLATED))
                .flatMap(line ->
                        Stream.of(line.substring(TrialMain.VIOLATED.length()).split(" ", -1)))
                .collect(TreeSet::new, Set::add, Set::addAll);
        assertThat(violated)
                .withFailMessage("violated: %s (expected: one of %s): %s", violated, expected, tail)
                .anyMatch(expected::contains);
        caught.put(mutant.name(), String.join(" ", violated) + " " + told.get(0));
    }

    private static int run(String bug, Path out, Path err) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-javaagent:" + AgentJar.path() + "=bug=" + bug,
                        "-cp",
                        System.getProperty("java.class.path"),
                        TrialMain.class.getName(),
                        Integer.toString(SEEDS))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("the runs against %s end within %d s", bug, LIMIT_SECONDS)
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @AfterAll
    void tell() {
        caught.forEach((bug, how) -> System.out.println(bug + ": " + how));
        UNSEEN.forEach((bug, why) -> System.out.println(bug + ": not seen in simulated time, " + why));
    }
}
