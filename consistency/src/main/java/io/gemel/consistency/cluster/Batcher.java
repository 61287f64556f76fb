package io.gemel.consistency.cluster;

import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests travel together: while enough batches are under way what comes waits, and goes with the next one.
 *
 * <p>So batches grow with the load by themselves, and a request that is alone waits for nobody (group commit: DeWitt et al.,
 * 1984). A batch that is slow to come back holds up the others for {@code patience} only. Thread-safe; batches leave one after
 * the other.
 */
public final class Batcher<T> {
    private final int underWayMax;
    private final long patienceNanos;
    private final Ticker ticker;
    private final Function<Deque<T>, List<T>> next;
    private final Carrier<T> carrier;
    private final Deque<T> waiting = new ArrayDeque<>();
    private final Set<Trip> waitedFor = new HashSet<>();
    private boolean departing;

    /** Takes batches on their way. */
    @FunctionalInterface
    public interface Carrier<T> {
        /** Never throws; runs {@code back} once, when the batch needs no more waiting for. */
        void carry(List<T> batch, Runnable back);
    }

    /** {@code next} takes from the head of what waits as many, at least one, as go together. */
    public Batcher(
            int underWayMax, Duration patience, Ticker ticker, Function<Deque<T>, List<T>> next, Carrier<T> carrier) {
        this.underWayMax = underWayMax;
        this.patienceNanos = patience.toNanos();
        this.ticker = ticker;
        this.next = next;
        this.carrier = carrier;
    }

    /** All that wait go together. */
    public static <T> List<T> all(Deque<T> waiting) {
        List<T> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** Lets {@code one} travel with the next batch that leaves. */
    public void add(T one) {
        synchronized (this) {
            waiting.add(one);
        }
        depart();
    }

    /** To be called now and then: forgets who is {@code over}, and stops waiting for what has been away too long. */
    public void tick(Predicate<T> over) {
        long now = ticker.nanos();
        synchronized (this) {
            waiting.removeIf(over);
            waitedFor.removeIf(trip -> now - trip.departedNanos >= patienceNanos);
        }
        depart();
    }

    /** Whether a batch is on its way that is still waited for. */
    public synchronized boolean underWay() {
        return departing || !waitedFor.isEmpty();
    }

    private void depart() {
        for (Trip trip = next(); trip != null; trip = next()) {
            carrier.carry(trip.batch, trip);
            synchronized (this) {
                departing = false;
            }
        }
    }

    private synchronized @Nullable Trip next() {
        if (departing || waiting.isEmpty() || waitedFor.size() >= underWayMax) {
            return null;
        }
        departing = true;
        Trip trip = new Trip(new ArrayList<>(next.apply(waiting)), ticker.nanos());
        waitedFor.add(trip);
        return trip;
    }

    /** A batch under way. */
    private final class Trip implements Runnable {
        private final List<T> batch;
        private final long departedNanos;

        Trip(List<T> batch, long departedNanos) {
            this.batch = batch;
            this.departedNanos = departedNanos;
        }

        @Override
        public void run() {
            boolean waited;
            synchronized (Batcher.this) {
                waited = waitedFor.remove(this);
            }
            if (waited) {
                depart();
            }
        }
    }
}
