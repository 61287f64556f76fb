package io.gemel.it.faults.check;

import java.util.ArrayList;
import java.util.List;

/** Tries every order of a few operations, and every revision that an unknown write can have been given. Knows nothing of the search that it is to test. */
final class BruteForce {
    private final List<WingGongLowe.Call> calls;
    private final long revisionMax;

    BruteForce(List<WingGongLowe.Call> calls) {
        this.calls = calls;
        this.revisionMax = calls.stream()
                        .mapToLong(call ->
                                Math.max(call.step().revision(), call.step().expected()))
                        .max()
                        .orElse(0)
                + calls.size();
    }

    boolean linearizable() {
        return explains(new ArrayList<>(), 0, -1, 0);
    }

    /** {@code value} at {@code revision} is held, -1 is nothing; {@code last} is the highest revision so far. */
    private boolean explains(List<Integer> placed, long last, int value, long revision) {
        boolean done = true;
        for (int call = 0; call < calls.size(); call++) {
            if (!placed.contains(call) && calls.get(call).step().certain()) {
                done = false;
            }
        }
        if (done) {
            return true;
        }
        for (int call = 0; call < calls.size(); call++) {
            if (mayBeNext(placed, call)) {
                placed.add(call);
                boolean explained = applies(placed, calls.get(call).step(), last, value, revision);
                placed.remove((Integer) call);
                if (explained) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean mayBeNext(List<Integer> placed, int call) {
        if (placed.contains(call)) {
            return false;
        }
        for (int other = 0; other < calls.size(); other++) {
            boolean waits = other != call
                    && !placed.contains(other)
                    && calls.get(other).step().certain();
            if (waits && calls.get(other).to() < calls.get(call).from()) {
                return false;
            }
        }
        return true;
    }

    private boolean applies(List<Integer> placed, Register.Step step, long last, int value, long revision) {
        if (step.kind() == Register.Kind.READ) {
            boolean same = step.value() == value && (value == -1 || step.revision() == revision);
            return same && explains(placed, last, value, revision);
        }
        if (step.kind() == Register.Kind.CAS && step.expected() != (value == -1 ? 0 : revision)) {
            return false;
        }
        if (step.certain()) {
            return step.revision() > last && explains(placed, step.revision(), step.value(), step.revision());
        }
        for (long given = last + 1; given <= revisionMax; given++) {
            if (explains(placed, given, step.value(), given)) {
                return true;
            }
        }
        return false;
    }
}
