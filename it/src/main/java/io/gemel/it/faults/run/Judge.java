package io.gemel.it.faults.run;

import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.check.Evidence;
import io.gemel.it.faults.check.Verdict;
import io.gemel.it.faults.history.HistoryFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Holds a run to its promises by nothing but what it left in its directory. */
final class Judge {
    private Judge() {}

    /** What every check says of the run in {@code dir}. */
    static List<Verdict> verdicts(Path dir, Bounds bounds, List<Check> checks) {
        Map<String, Path> logs = new HashMap<>();
        for (Path server : RunFiles.servers(dir)) {
            Path log = server.resolve("server.log");
            if (Files.exists(log)) {
                logs.put(server.getFileName().toString(), log);
            }
        }
        Evidence evidence = new Evidence(
                HistoryFile.read(dir.resolve("history.jsonl")),
                HistoryFile.readSamples(dir.resolve("samples.jsonl")),
                logs,
                bounds);
        return checks.stream().map(check -> verdict(check, evidence)).toList();
    }

    @SuppressWarnings(
            "IllegalCatch") // A check that fails has not shown that the promise holds, and the others still count.
    private static Verdict verdict(Check check, Evidence evidence) {
        try {
            return check.verdict(evidence);
        } catch (RuntimeException e) {
            return new Verdict(
                    check.name(),
                    Verdict.Outcome.UNDECIDED,
                    "the check itself failed: " + e + " at " + e.getStackTrace()[0],
                    List.of(),
                    Map.of());
        }
    }
}
