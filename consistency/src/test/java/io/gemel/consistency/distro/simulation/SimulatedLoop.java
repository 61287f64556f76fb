package io.gemel.consistency.distro.simulation;

import io.gemel.naming.Invariant;
import io.gemel.naming.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * A loop in simulated time, on one host. A turn is what a {@link io.gemel.naming.ThreadLoop} does in one: a periodic task that
 * is due, then all that is queued, then what those left for the end of the turn. Between a task and its turn passes a
 * moment, now and then a long one, as when a thread is woken on a busy machine.
 */
final class SimulatedLoop implements Loop {
    private static final long HOP_NANOS = 50_000;
    private static final long PAUSE_NANOS = 30_000_000;
    private static final int ONE_PAUSE_IN = 512;

    private final Host host;
    private final Timeline timeline;
    private final Noise noise;
    private final long purpose;
    private final Consumer<Throwable> onFailure;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> endOfTurn = new ArrayDeque<>();
    private boolean planned;
    private boolean inTurn;

    /** @param purpose tells it from other loops of its host */
    SimulatedLoop(Host host, Timeline timeline, Noise noise, long purpose, Consumer<Throwable> onFailure) {
        this.host = host;
        this.timeline = timeline;
        this.noise = noise;
        this.purpose = purpose;
        this.onFailure = onFailure;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        plan();
    }

    /** A simulated queue is never full. */
    @Override
    public void executeOrWait(Runnable task) {
        execute(task);
    }

    @Override
    public void afterTurn(Runnable task) {
        Invariant.check(inTurn, "I1: afterTurn outside of the loop of %s", host);
        endOfTurn.add(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
        host.after(period.toNanos(), () -> {
            every(period, task);
            turn(task);
        });
    }

    @Override
    public boolean inLoop() {
        return inTurn;
    }

    private void plan() {
        if (!planned && !inTurn) {
            planned = true;
            long drawn = noise.bits(purpose, host.number(), timeline.now());
            long most = Math.floorMod(drawn, ONE_PAUSE_IN) == 0 ? PAUSE_NANOS : HOP_NANOS;
            host.after(Math.floorMod(drawn >> 9, most), () -> {
                planned = false;
                turn(() -> {});
            });
        }
    }

    @SuppressWarnings("IllegalCatch") // the top of the loop
    private void turn(Runnable due) {
        inTurn = true;
        try {
            due.run();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            for (Runnable task = endOfTurn.poll(); task != null; task = endOfTurn.poll()) {
                task.run();
            }
        } catch (Throwable failure) {
            onFailure.accept(failure);
        } finally {
            inTurn = false;
        }
        if (!tasks.isEmpty()) {
            plan();
        }
    }
}
