package io.gemel.client;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** What the calls and probes of one instance came to. Thread-safe and without locks, but for what the ejections alone write. */
final class Standing {
    private static final long SPAN_NANOS = Duration.ofSeconds(10).toNanos();

    private final AtomicInteger callsFailed = new AtomicInteger(); // in a row
    private final AtomicInteger probesFailed = new AtomicInteger(); // in a row
    private final AtomicReference<Counts> counts;

    /** How often it was ejected, in a row. Written by the ejections, under their lock. */
    int times;

    /** Whether it is ejected now. Written by the ejections, under their lock. */
    boolean ejected;

    /** When the ejection ends; if it is not ejected, when the last one ended. Written by the ejections, under their lock. */
    long untilNanos;

    /** The calls of the present span of time and of the one before. */
    private record Counts(long beginNanos, int calls, int failures, int callsBefore, int failuresBefore) {
        Counts and(boolean failure, long now) {
            Counts present = at(now);
            return new Counts(
                    present.beginNanos,
                    present.calls + 1,
                    present.failures + (failure ? 1 : 0),
                    present.callsBefore,
                    present.failuresBefore);
        }

        Counts at(long now) {
            long age = now - beginNanos;
            if (age < SPAN_NANOS) {
                return this;
            }
            return age < 2 * SPAN_NANOS
                    ? new Counts(beginNanos + SPAN_NANOS, 0, 0, calls, failures)
                    : new Counts(now, 0, 0, 0, 0);
        }
    }

    Standing(long now) {
        counts = new AtomicReference<>(new Counts(now, 0, 0, 0, 0));
    }

    void callSucceeded(long now, boolean counted) {
        if (callsFailed.get() != 0) {
            callsFailed.set(0);
        }
        if (counted) {
            counts.updateAndGet(present -> present.and(false, now));
        }
    }

    void callFailed(long now, boolean counted) {
        callsFailed.incrementAndGet();
        if (counted) {
            counts.updateAndGet(present -> present.and(true, now));
        }
    }

    void probed(boolean reached) {
        if (reached) {
            probesFailed.set(0);
        } else {
            probesFailed.incrementAndGet();
        }
    }

    /** It begins anew, but for its probes, which go on while it is ejected. */
    void forgetCalls(long now) {
        callsFailed.set(0);
        counts.set(new Counts(now, 0, 0, 0, 0));
    }

    void forgetProbes() {
        probesFailed.set(0);
    }

    boolean unreachable(OutlierEjection rule) {
        return rule.failuresInARow() > 0 && probesFailed.get() >= rule.failuresInARow();
    }

    /** Whether what is known of it asks for its ejection. */
    boolean outlier(OutlierEjection rule, long now) {
        if (rule.failuresInARow() > 0 && callsFailed.get() >= rule.failuresInARow()) {
            return true;
        }
        if (unreachable(rule)) {
            return true;
        }
        if (rule.failureShare() <= 0) {
            return false;
        }
        Counts present = requireNonNull(counts.get()).at(now);
        int calls = present.calls + present.callsBefore;
        int failures = present.failures + present.failuresBefore;
        return calls >= rule.callsMin() && failures >= rule.failureShare() * calls;
    }
}
