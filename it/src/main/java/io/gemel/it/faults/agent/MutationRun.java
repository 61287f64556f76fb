package io.gemel.it.faults.agent;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.check.Checks;
import io.gemel.it.faults.check.Evidence;
import io.gemel.it.faults.check.Verdict;
import io.gemel.it.faults.history.HistoryFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One run of the harness against a seeded bug: in a process of its own, as people run it.
 *
 * <p>Most checks can be violated by what was recorded so far and never be satisfied again by what comes later. Once one of
 * these finds the bug, the run has shown what it is for and is ended.
 */
final class MutationRun {
    private static final Duration LOOK = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Duration FOREVER = Duration.ofDays(1);

    /** Those that no later event can satisfy; the others compare the end with what went before. */
    private static final Set<String> FINAL_ONCE_VIOLATED = Set.of(
            "linearizability",
            "minimum-revision",
            "sessions",
            "revisions-grow",
            "watch-order",
            "watch-empty",
            "namespaces",
            "state-hashes",
            "leaders",
            "logs");

    /** Which operations meet which fault is not the seed's to say, so that one run may miss what another finds. */
    private static final int RUNS_MAX = 3;

    private final Mutant mutant;
    private final Path dir;

    MutationRun(Mutant mutant, Path dir) {
        this.mutant = mutant;
        this.dir = dir;
    }

    /** Carries it out with the seeds from 1 on, at most three, until the bug is caught; not at all if simulated time alone can. */
    MutationResult execute() throws InterruptedException {
        Optional<String> simulated = Mutants.simulatedAlone(mutant);
        if (simulated.isPresent()) {
            return MutationResult.simulated(mutant, simulated.get());
        }
        MutationResult result = attempt(1);
        while (!result.caught() && result.runs() < RUNS_MAX) {
            result = attempt(result.runs() + 1);
        }
        return result;
    }

    private MutationResult attempt(int number) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            Files.createDirectories(dir.toAbsolutePath().getParent());
            Process process = new ProcessBuilder(command(number))
                    .redirectErrorStream(true)
                    .redirectOutput(output().toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            Set<String> violated;
            try {
                violated = follow(process, begin);
            } finally {
                stop(process);
            }
            return result(number, violated, Duration.ofNanos(System.nanoTime() - begin));
        } catch (IOException e) {
            throw new UncheckedIOException("run against " + mutant.name(), e);
        }
    }

    private MutationResult result(int number, Set<String> violated, Duration time) throws IOException {
        MutationResult.End end = end(violated);
        String left = end == MutationResult.End.CAUGHT ? "" : lastLines();
        return new MutationResult(mutant, number, number, end, List.copyOf(violated), time.toSeconds(), left);
    }

    private MutationResult.End end(Set<String> violated) throws IOException {
        if (violated.stream().anyMatch(mutant.checks()::contains)) {
            return MutationResult.End.CAUGHT;
        }
        Optional<JsonObject> summary = summary();
        if (summary.isEmpty()) {
            return MutationResult.End.NOT_RUN;
        }
        if (!summary.get().getAsJsonArray("skipped").isEmpty()) {
            return MutationResult.End.SKIPPED;
        }
        return reached() ? MutationResult.End.SURVIVED : MutationResult.End.NOT_REACHED;
    }

    private Set<String> follow(Process process, long begin) throws IOException, InterruptedException {
        while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            Set<String> early = violatedSoFar();
            if (!early.isEmpty()) {
                return early;
            }
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                return Set.of();
            }
        }
        return violatedAtTheEnd();
    }

    private Set<String> violatedSoFar() {
        Path history = dir.resolve("history.jsonl");
        Path samples = dir.resolve("samples.jsonl");
        if (!Files.exists(history) || !Files.exists(samples)) {
            return Set.of();
        }
        Evidence evidence = new Evidence(
                HistoryFile.read(history),
                HistoryFile.readSamples(samples),
                logs(),
                new Bounds(FOREVER, FOREVER, FOREVER, FOREVER, Duration.ZERO));
        Set<String> violated = new LinkedHashSet<>();
        for (Check check : Checks.all()) {
            if (mutant.checks().contains(check.name())
                    && FINAL_ONCE_VIOLATED.contains(check.name())
                    && check.verdict(evidence).outcome() == Verdict.Outcome.VIOLATED) {
                violated.add(check.name());
            }
        }
        return violated;
    }

    private Map<String, Path> logs() {
        Map<String, Path> logs = new HashMap<>();
        for (String node : List.of("s1", "s2", "s3")) {
            Path log = dir.resolve(node).resolve("server.log");
            if (Files.exists(log)) {
                logs.put(node, log);
            }
        }
        return logs;
    }

    private Set<String> violatedAtTheEnd() throws IOException {
        Set<String> violated = new LinkedHashSet<>();
        for (JsonElement each :
                summary().map(summary -> summary.getAsJsonArray("verdicts")).orElseGet(JsonArray::new)) {
            JsonObject verdict = each.getAsJsonObject();
            if (verdict.get("outcome").getAsString().equals(Verdict.Outcome.VIOLATED.name())) {
                violated.add(verdict.get("check").getAsString());
            }
        }
        return violated;
    }

    /** Whether a process has come past a place where the bug is. */
    private boolean reached() throws IOException {
        List<Path> logs;
        try (Stream<Path> files = Files.walk(dir, 2)) {
            logs = files.filter(file -> file.toString().endsWith(".log")).toList();
        }
        for (Path log : logs) {
            try (Stream<String> lines = Files.lines(log)) {
                if (lines.anyMatch(line -> line.startsWith("faults-agent reached"))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What a run leaves that has come to a verdict. */
    private Optional<JsonObject> summary() throws IOException {
        Path file = dir.resolve("summary.json");
        return Files.exists(file)
                ? Optional.of(JsonParser.parseString(Files.readString(file)).getAsJsonObject())
                : Optional.empty();
    }

    private String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(output());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private Path output() {
        return dir.resolveSibling(dir.getFileName() + ".out");
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private List<String> command(long seed) {
        Path jar = Optional.ofNullable(System.getProperty("gemel.jar"))
                .map(Path::of)
                .orElseThrow(
                        () -> new IllegalStateException("gemel.jar: the system property names the packaged server"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dgemel.jar=" + jar.toAbsolutePath(),
                "-cp",
                jar.toAbsolutePath() + ":" + AgentJar.harness(),
                "io.gemel.it.faults.run.FaultsCommand"));
        command.addAll(
                List.of("--workload", mutant.workload(), "--time", mutant.time().toSeconds() + "s"));
        command.addAll(List.of("--nemesis", mutant.nemeses().isEmpty() ? "none" : String.join(",", mutant.nemeses())));
        command.addAll(List.of("--seed", Long.toString(seed), "--bug", mutant.name(), "--out", dir.toString()));
        command.addAll(List.of("--no-restarts", "--quiet"));
        return command;
    }
}
