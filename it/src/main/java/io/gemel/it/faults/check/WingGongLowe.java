package io.gemel.it.faults.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches for an order of a register's operations that keeps to their real-time order and to what the register allows (Wing and
 * Gong, "Testing and Verifying Concurrent Objects", 1993; Lowe, "Testing for Linearizability", 2017).
 *
 * <p>Invocations and returns lie in one doubly linked list by time. An operation may come next if its invocation lies before
 * the first return; it is then lifted out. Where a return is reached first, its operation should have come earlier: the
 * last one is put back. A configuration (which operations are placed, and the state they lead to) that was tried once is not
 * tried again. Iterative; what is bounded is the number of configurations, so that the same history always gets the same
 * answer. An instance searches once.
 */
final class WingGongLowe {
    /** How a search ended. */
    enum Answer {
        LINEARIZABLE,
        IMPOSSIBLE,
        GIVEN_UP
    }

    /**
     * An operation to be placed.
     *
     * @param from it took no effect before this
     * @param to it took effect before this if it is certain
     */
    record Call(Register.Step step, long from, long to) {}

    private final List<Call> calls;
    private final int configurationsMax;
    private final Entry head = new Entry(-1, null);
    private final long[] placed;
    private final Set<Configuration> tried = new HashSet<>();
    private final List<Placement> path = new ArrayList<>();
    private Register.State state = Register.INITIAL;
    private int certainLeft;
    private int mostPlaced = -1;
    private List<Integer> longest = List.of();
    private Register.State stateAfterLongest = state;
    private int stuck = -1;

    /** {@code calls} in any order. */
    WingGongLowe(List<Call> calls, int configurationsMax) {
        this.calls = calls;
        this.configurationsMax = configurationsMax;
        this.placed = new long[(calls.size() + 63) / 64];
        link();
    }

    /** A call or its return in the list. */
    private static final class Entry {
        final int call;
        final @Nullable Entry returned;

        @Nullable
        Entry next;

        @Nullable
        Entry previous;

        /** A call with its return, if it certainly returned; or a return: {@code call} with null. */
        Entry(int call, @Nullable Entry returned) {
            this.call = call;
            this.returned = returned;
        }
    }

    private record Placement(Entry entry, Register.State before) {}

    /** What was placed and what it led to. Compared by content. */
    private static final class Configuration {
        private final long[] placed;
        private final Register.State state;

        Configuration(long[] placed, Register.State state) {
            this.placed = placed;
            this.state = state;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Configuration that
                    && state.equals(that.state)
                    && Arrays.equals(placed, that.placed);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(placed) + state.hashCode();
        }
    }

    private record Timed(long nanos, boolean isReturn, Entry entry) {}

    private void link() {
        List<Timed> all = new ArrayList<>();
        for (int call = 0; call < calls.size(); call++) {
            Call one = calls.get(call);
            Entry returned = null;
            if (one.step().certain()) {
                certainLeft++;
                returned = new Entry(call, null);
                all.add(new Timed(one.to(), true, returned));
            }
            all.add(new Timed(one.from(), false, new Entry(call, returned)));
        }
        // At equal times calls come first: what touches is concurrent.
        all.sort(Comparator.comparingLong(Timed::nanos).thenComparing(Timed::isReturn));
        Entry last = head;
        for (Timed timed : all) {
            last.next = timed.entry();
            timed.entry().previous = last;
            last = timed.entry();
        }
    }

    Answer search() {
        Entry entry = head.next;
        while (certainLeft > 0 && entry != null) {
            if (isReturn(entry)) {
                noteStuck(entry.call);
                if (path.isEmpty()) {
                    return Answer.IMPOSSIBLE;
                }
                entry = takeBack();
            } else if (place(entry)) {
                if (tried.size() > configurationsMax) {
                    return Answer.GIVEN_UP;
                }
                entry = head.next;
            } else {
                entry = entry.next;
            }
        }
        return Answer.LINEARIZABLE;
    }

    private boolean isReturn(Entry entry) {
        return entry.returned == null && calls.get(entry.call).step().certain();
    }

    private boolean place(Entry entry) {
        Register.State after = Register.after(state, calls.get(entry.call).step());
        if (after == null) {
            return false;
        }
        flip(entry.call);
        if (!tried.add(new Configuration(placed.clone(), after))) {
            flip(entry.call);
            return false;
        }
        path.add(new Placement(entry, state));
        state = after;
        unlink(entry);
        if (entry.returned != null) {
            unlink(entry.returned);
            certainLeft--;
        }
        return true;
    }

    /** Puts the last one back. Where to go on: behind it. */
    private @Nullable Entry takeBack() {
        Placement last = path.remove(path.size() - 1);
        Entry entry = last.entry();
        flip(entry.call);
        state = last.before();
        if (entry.returned != null) {
            relink(entry.returned);
            certainLeft++;
        }
        relink(entry);
        return entry.next;
    }

    private void flip(int call) {
        placed[call >> 6] ^= 1L << call;
    }

    private static void unlink(Entry entry) {
        Entry previous = entry.previous;
        if (previous != null) {
            previous.next = entry.next;
        }
        if (entry.next != null) {
            entry.next.previous = previous;
        }
    }

    private static void relink(Entry entry) {
        if (entry.previous != null) {
            entry.previous.next = entry;
        }
        if (entry.next != null) {
            entry.next.previous = entry;
        }
    }

    private void noteStuck(int call) {
        if (path.size() > mostPlaced) {
            mostPlaced = path.size();
            longest = path.stream().map(placement -> placement.entry().call).toList();
            stateAfterLongest = state;
            stuck = call;
        }
    }

    /** The operations of the longest order that was found, as positions in the calls given. Of use if the search failed. */
    List<Integer> longest() {
        return Collections.unmodifiableList(longest);
    }

    Register.State stateAfterLongest() {
        return stateAfterLongest;
    }

    /** The operation that had to come next after {@link #longest} and could not. Of use if the search failed. */
    int stuck() {
        return stuck;
    }

    int configurations() {
        return tried.size();
    }
}
