package io.gemel.it.faults.report;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.HistoryFile;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a run left in its directory, read once.
 *
 * @param summary how it ended
 * @param history what happened
 * @param samples of all nodes, by time
 * @param operations what clients did
 * @param faults as they happened
 * @param phases in order
 * @param endMs when the last thing happened, in milliseconds since the run began
 */
record RunRecord(
        Summary summary,
        History history,
        List<NodeSample> samples,
        List<Operation> operations,
        List<FaultSpan> faults,
        List<FaultSpan> phases,
        long endMs) {

    /** Reads what is there; a file that is not there is as good as an empty one. */
    static RunRecord read(Path dir) throws IOException {
        Path history = dir.resolve("history.jsonl");
        Path samples = dir.resolve("samples.jsonl");
        return of(
                Summary.of(Fields.object(dir.resolve("summary.json"))),
                Files.exists(history) ? HistoryFile.read(history) : new History(List.of()),
                Files.exists(samples) ? HistoryFile.readSamples(samples) : List.of());
    }

    static RunRecord of(Summary summary, History history, List<NodeSample> samples) {
        List<Event> events = history.events();
        long end = Math.max(
                events.stream().mapToLong(Event::nanos).max().orElse(0),
                samples.stream().mapToLong(NodeSample::nanos).max().orElse(0));
        long endMs = Millis.of(end) + 1;
        return new RunRecord(
                summary,
                history,
                List.copyOf(samples),
                Operation.of(events),
                FaultSpan.faults(events, endMs),
                FaultSpan.phases(events, endMs),
                endMs);
    }

    /** Names of the nodes that were sampled. */
    List<String> nodes() {
        return samples.stream().map(NodeSample::node).distinct().sorted().toList();
    }

    /** What was not injected once, though perhaps at other times, with the reason. */
    Map<String, String> failedInjections() {
        Map<String, String> failed = new TreeMap<>();
        history.of(Op.FAULT).stream()
                .filter(event ->
                        event.type() == Event.Type.FAIL && !summary.skipped().containsKey(event.key()))
                .forEach(event -> failed.put(
                        (event.key() + " " + event.value().orElse("")).strip() + " at " + Millis.moment(event.nanos()),
                        event.error().orElse("it could not be injected")));
        return failed;
    }
}
