package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A verdict in the making. Confined to one check at work. */
final class Judgement {
    /** More of the same tells a reader nothing; all are counted. */
    private static final int FINDINGS_MAX = 20;

    private final String check;
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private int broken;

    Judgement(Check check) {
        this.check = check.name();
    }

    void figure(String name, String value) {
        figures.put(name, value);
    }

    void figure(String name, long value) {
        figures.put(name, Long.toString(value));
    }

    /** The promise was broken once. */
    void broken(String what, List<Event> events) {
        add(what, List.of(), events);
    }

    /** The promise was broken once, by all of these together. */
    void broken(String what, Operation... operations) {
        broken(what, events(operations));
    }

    /** The promise was broken once, by {@code impossible}: {@code others} show why it must not have ended as it did. */
    void broken(String what, Operation impossible, List<Operation> others) {
        add(what, impossible.events(), events(others.toArray(Operation[]::new)));
    }

    private static List<Event> events(Operation... operations) {
        return Stream.of(operations)
                .flatMap(operation -> operation.events().stream())
                .toList();
    }

    private void add(String what, List<Event> impossible, List<Event> others) {
        broken++;
        if (findings.size() < FINDINGS_MAX) {
            findings.add(new Finding(
                    what,
                    Stream.concat(impossible.stream(), others.stream().sorted(Comparator.comparingLong(Event::index)))
                            .distinct()
                            .toList(),
                    impossible.isEmpty() ? Optional.empty() : Optional.of(impossible.get(0))));
        }
    }

    boolean isBroken() {
        return broken > 0;
    }

    /** What the findings say, else that the promise held. */
    Verdict verdict(String held) {
        if (broken == 0) {
            return verdict(Verdict.Outcome.HOLDS, held);
        }
        String first = findings.get(0).what();
        return verdict(Verdict.Outcome.VIOLATED, broken == 1 ? first : "%,d times; first: %s".formatted(broken, first));
    }

    /** What the findings say, else that there was too little to tell. */
    Verdict undecided(String why) {
        return broken > 0 ? verdict("") : verdict(Verdict.Outcome.UNDECIDED, why);
    }

    private Verdict verdict(Verdict.Outcome outcome, String summary) {
        return new Verdict(check, outcome, summary, findings, Collections.unmodifiableMap(figures));
    }
}
