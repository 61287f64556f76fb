package io.gemel.it.faults.check;

import io.gemel.it.faults.check.Incarnation.Interval;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Walks along time and tells which incarnations are due, without looking at all of them each time. Not thread-safe. */
final class Roll {
    private final Deque<Entry> coming;
    private final List<Entry> present = new ArrayList<>();

    /**
     * An incarnation in one of the times in which it is due.
     *
     * @param due that time
     */
    record Entry(Incarnation incarnation, Interval due) {}

    Roll(List<Incarnation> incarnations) {
        coming = new ArrayDeque<>(incarnations.stream()
                .flatMap(one -> one.due().stream().map(due -> new Entry(one, due)))
                .sorted(Comparator.comparingLong(entry -> entry.due().from()))
                .toList());
    }

    /** What is due throughout, from {@code from} to {@code to}. Each call must ask for a time that begins no earlier than that of the last. */
    List<Entry> due(long from, long to) {
        while (Optional.ofNullable(coming.peek())
                .filter(entry -> entry.due().from() <= from)
                .isPresent()) {
            present.add(coming.remove());
        }
        present.removeIf(entry -> entry.due().to() <= from);
        return present.stream().filter(entry -> entry.due().contains(from, to)).toList();
    }
}
