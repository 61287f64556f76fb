package io.gemel.it.faults.report;

import com.google.gson.JsonObject;
import io.gemel.it.faults.check.Verdict.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The result of a run, as its summary.json has it.
 *
 * @param passed whether the run said of itself that it passed
 * @param time how long the faults went on, as ISO-8601 duration
 * @param network how the nodes were connected
 * @param command how to repeat the run; empty if it did not say
 * @param bug the bug that was seeded into the servers; empty if none
 * @param verdicts broken promises first, then undecided ones
 * @param skipped what could not be injected, with the reason
 * @param counts operations by outcome
 */
record Summary(
        boolean passed,
        String seed,
        String workload,
        List<String> nemeses,
        String nodes,
        String time,
        String network,
        String version,
        String command,
        String bug,
        List<Judged> verdicts,
        Map<String, String> skipped,
        Map<String, String> counts) {

    /** A verdict with its promise. */
    record Judged(
            String check,
            String promise,
            Outcome outcome,
            String summary,
            Map<String, String> figures,
            List<Found> findings) {}

    /**
     * A finding, with the indices of the events that prove it.
     *
     * @param impossible the event with which the operation began that could not be; empty if no single one is to blame
     */
    record Found(String what, List<Long> events, Optional<Long> impossible) {}

    static Summary of(JsonObject json) {
        List<Judged> verdicts = new ArrayList<>();
        for (JsonObject verdict : Fields.objects(json, "verdicts")) {
            verdicts.add(judged(verdict));
        }
        verdicts.sort(Comparator.comparingInt(verdict -> rank(verdict.outcome())));
        Map<String, String> skipped = new TreeMap<>();
        Fields.objects(json, "skipped")
                .forEach(each -> skipped.put(Fields.text(each, "nemesis"), Fields.text(each, "why")));
        return new Summary(
                Fields.truth(json, "passed"),
                Fields.text(json, "seed"),
                Fields.text(json, "workload"),
                Fields.texts(json, "nemeses"),
                Fields.text(json, "nodes"),
                Fields.text(json, "time"),
                Fields.text(json, "network"),
                Fields.text(json, "version"),
                Fields.text(json, "command"),
                Fields.text(json, "bug"),
                List.copyOf(verdicts),
                skipped,
                Fields.map(json, "counts"));
    }

    /** How the run ended. It passed only if every check held, whatever it said of itself. */
    Outcome outcome() {
        if (count(Outcome.VIOLATED) > 0) {
            return Outcome.VIOLATED;
        }
        if (verdicts.isEmpty() || count(Outcome.UNDECIDED) > 0 || nothingInjected()) {
            return Outcome.UNDECIDED;
        }
        return passed ? Outcome.HOLDS : Outcome.VIOLATED;
    }

    /** Whether faults were asked for and none could be injected. */
    boolean nothingInjected() {
        return !nemeses.isEmpty() && skipped.keySet().containsAll(nemeses);
    }

    long count(Outcome outcome) {
        return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
    }

    /** The names of the checks that ended so. */
    Stream<String> checks(Outcome outcome) {
        return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).map(Judged::check);
    }

    private static Judged judged(JsonObject json) {
        return new Judged(
                Fields.text(json, "check"),
                Fields.text(json, "promise"),
                outcome(Fields.text(json, "outcome")),
                Fields.text(json, "summary"),
                Fields.map(json, "figures"),
                Fields.objects(json, "findings").stream()
                        .map(found -> new Found(
                                Fields.text(found, "what"),
                                Fields.numbers(found, "events"),
                                Optional.of(Fields.text(found, "impossible"))
                                        .filter(index -> !index.isEmpty())
                                        .map(Long::valueOf)))
                        .toList());
    }

    private static Outcome outcome(String name) {
        return Stream.of(Outcome.values())
                .filter(outcome -> outcome.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElse(Outcome.UNDECIDED);
    }

    private static int rank(Outcome outcome) {
        return switch (outcome) {
            case VIOLATED -> 0;
            case UNDECIDED -> 1;
            case HOLDS -> 2;
        };
    }
}
