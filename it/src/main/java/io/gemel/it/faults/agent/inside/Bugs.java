package io.gemel.it.faults.agent.inside;

import java.util.List;
import java.util.stream.Stream;

/** All seeded bugs. */
public final class Bugs {
    private Bugs() {}

    /** Their names, in the order of the families. */
    public static List<String> names() {
        return all().map(Bug::name).toList();
    }

    static Bug named(String name) {
        return all().filter(bug -> bug.name().equals(name))
                .findAny()
                .orElseThrow(() -> Refusal.of("bug " + name + " (expected: one of " + names() + ")"));
    }

    private static Stream<Bug> all() {
        return Stream.of(
                        RaftBugs.all(),
                        LogBugs.all(),
                        DistroBugs.all(),
                        SessionBugs.all(),
                        PushBugs.all(),
                        NodeBugs.all(),
                        ClientBugs.all())
                .flatMap(List::stream);
    }
}
