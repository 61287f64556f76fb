package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Injection;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import io.gemel.it.faults.stage.Preparation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A fault of disks or clocks that comes and goes: a while of calm, then the fault, and again.
 *
 * @param pace how long each lasts
 * @param without why it cannot be injected here; empty if it can
 * @param preparing what it needs of servers before they start
 * @param recipe makes the next fault
 */
record DiskNemesis(
        String name,
        String description,
        Pace pace,
        Supplier<Optional<String>> without,
        Consumer<Preparation> preparing,
        Recipe recipe)
        implements Nemesis {

    /**
     * How a nemesis divides its time.
     *
     * @param calm before a fault, at least; up to twice as long
     * @param fault at least; up to twice as long
     */
    record Pace(Duration calm, Duration fault) {
        static Pace of(int calmMillis, int faultMillis) {
            return new Pace(Duration.ofMillis(calmMillis), Duration.ofMillis(faultMillis));
        }
    }

    /**
     * A fault to come.
     *
     * @param target in words
     */
    record Aim(String target, Injection injection) {}

    /** Makes faults from random numbers. */
    @FunctionalInterface
    interface Recipe {
        /** One that follows from {@code random} and {@code nodes} alone. */
        Aim next(RandomGenerator random, List<String> nodes);
    }

    @Override
    public Optional<String> unavailable() {
        return without.get();
    }

    @Override
    public void prepare(Preparation preparation) {
        preparing.accept(preparation);
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        List<PlannedFault> faults = new ArrayList<>();
        long total = time.toMillis();
        // A short run gets one fault at least: the calm before it gives way.
        long at = Math.min(upToTwice(random, pace.calm()), total / 4);
        while (at < total) {
            long length = upToTwice(random, pace.fault());
            if (at + length > total) {
                if (!faults.isEmpty()) {
                    break;
                }
                length = total - at;
            }
            Aim aim = recipe.next(random, nodes);
            faults.add(new PlannedFault(
                    Duration.ofMillis(at), Duration.ofMillis(at + length), name, aim.target(), aim.injection()));
            at += length + upToTwice(random, pace.calm());
        }
        return faults;
    }

    @Override
    public String toString() {
        return name;
    }

    private static long upToTwice(RandomGenerator random, Duration least) {
        return least.toMillis() + random.nextLong(least.toMillis() + 1);
    }
}
