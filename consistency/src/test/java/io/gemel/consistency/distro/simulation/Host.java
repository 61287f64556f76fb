package io.gemel.consistency.distro.simulation;

import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One process and the machine it has to itself: it lives, is frozen, dies and lives again, and has a clock of its own. */
final class Host implements Ticker {
    private static final long WRAPS_SOON =
            Long.MAX_VALUE - Duration.ofMinutes(2).toNanos();

    private final String name;
    private final long number;
    private final Timeline timeline;
    private final List<Timeline.Planned> deferred = new ArrayList<>();
    private long life;
    private boolean alive;
    private boolean powered = true;
    private boolean frozen;
    private long clockBase;
    private long clockSince;
    private int driftPpm;

    /** @param number tells it from all other hosts, where its noise is concerned */
    Host(String name, long number, Timeline timeline) {
        this.name = name;
        this.number = number;
        this.timeline = timeline;
        this.clockBase = WRAPS_SOON - number * Duration.ofHours(1).toNanos();
    }

    String name() {
        return name;
    }

    long number() {
        return number;
    }

    /** Which of its lives this is. */
    long life() {
        return life;
    }

    boolean alive() {
        return alive;
    }

    boolean frozen() {
        return frozen;
    }

    /** Whether its kernel answers, be there a process or not. */
    boolean powered() {
        return powered;
    }

    void begin() {
        alive = true;
        powered = true;
        life++;
    }

    /** @param powerOff whether even its kernel falls silent */
    void end(boolean powerOff) {
        alive = false;
        powered = !powerOff;
        frozen = false;
        deferred.clear();
        life++;
    }

    void freeze() {
        frozen = alive;
    }

    /** Goes on: all that it slept through happens now, in its order. */
    void thaw() {
        if (frozen) {
            frozen = false;
            List<Timeline.Planned> due = List.copyOf(deferred);
            deferred.clear();
            due.forEach(timeline::run);
        }
    }

    void defer(Timeline.Planned planned) {
        deferred.add(planned);
    }

    /** Its clock gains so many millionths from now on. */
    void drift(int ppm) {
        clockBase = nanos();
        clockSince = timeline.now();
        driftPpm = ppm;
    }

    @Override
    public long nanos() {
        long passed = timeline.now() - clockSince;
        return clockBase + passed + passed / 1_000_000 * driftPpm;
    }

    /** Plans {@code task} for when so much has passed on this host's clock. */
    Timeline.Planned after(long nanos, Runnable task) {
        long passes = nanos - nanos / (1_000_000 + driftPpm) * driftPpm;
        return timeline.at(timeline.now() + passes, this, task);
    }

    @Override
    public String toString() {
        return name;
    }
}
