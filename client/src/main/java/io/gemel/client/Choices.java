package io.gemel.client;

import io.gemel.client.Candidates.Candidate;
import io.gemel.naming.Instance;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The ways to choose, one for each {@link Strategy}. Thread-safe and without locks; what they remember of instances is kept by the {@link Candidates}. */
final class Choices {
    private Choices() {}

    /** A way to choose. */
    interface Choice {
        /** A way to choose among {@code candidates}, of which there is at least one. */
        Chooser among(Candidates candidates);

        /** What is noted of an instance that joins {@code candidates}. */
        default long fresh(Candidates candidates) {
            return 0;
        }
    }

    /** Chooses among the same candidates time and again. */
    interface Chooser {
        /** The one to use, for a caller's key with this hash. */
        Instance choose(long hash);
    }

    /**
     * The way to choose that {@code strategy} names.
     *
     * @param random a generator for the calling thread
     */
    static Choice of(Strategy strategy, Supplier<RandomGenerator> random) {
        return switch (strategy) {
            case ROUND_ROBIN -> new Turns(random.get().nextInt());
            case RANDOM ->
                candidates -> hash ->
                        candidates.get(random.get().nextInt(candidates.size())).instance();
            case WEIGHTED -> candidates -> weighted(candidates, random);
            case LEAST_RECENTLY_USED -> new LeastRecent(random.get().nextInt());
            case LEAST_FREQUENTLY_USED -> new LeastFrequent(random.get().nextInt());
            case CONSISTENT_HASH -> candidates -> hash -> owner(candidates, hash);
        };
    }

    private static Chooser weighted(Candidates candidates, Supplier<RandomGenerator> random) {
        double[] ends = new double[candidates.size()];
        double total = 0;
        for (int i = 0; i < ends.length; i++) {
            total += candidates.get(i).instance().weight();
            ends[i] = total;
        }
        if (total <= 0) { // wanted though they should take nothing: all alike
            return hash ->
                    candidates.get(random.get().nextInt(candidates.size())).instance();
        }
        return hash -> {
            int at = Arrays.binarySearch(ends, random.get().nextDouble() * ends[ends.length - 1]);
            int index = at < 0 ? -at - 1 : at + 1; // one ends where the next begins, and one of weight 0 nowhere
            return candidates.get(Math.min(index, ends.length - 1)).instance();
        };
    }

    /**
     * Highest random weight: each candidate draws a number by its own hash and the key's, and the best one wins. Drawn as times until an event
     * that happens to each at the rate of its weight, the first of which is each one's with a chance in proportion to its weight.
     */
    private static Instance owner(Candidates candidates, long hash) {
        Candidate first = candidates.get(0);
        double earliest = Double.POSITIVE_INFINITY;
        for (Candidate candidate : candidates.all()) {
            double time = -Math.log(Hashing.unit(Hashing.mixed(hash ^ candidate.hash())))
                    / candidate.instance().weight();
            if (time < earliest) {
                earliest = time;
                first = candidate;
            }
        }
        return first.instance();
    }

    /** Each in turn. */
    private static final class Turns implements Choice {
        private final AtomicInteger next;

        Turns(int begin) {
            next = new AtomicInteger(begin);
        }

        @Override
        public Chooser among(Candidates candidates) {
            return hash -> candidates
                    .get(Math.floorMod(next.getAndIncrement(), candidates.size()))
                    .instance();
        }
    }

    /** The one that was chosen longest ago; of those that never were, the next from a place that differs between balancers. */
    private static final class LeastRecent implements Choice {
        private final int begin;
        private final AtomicLong choices = new AtomicLong();

        LeastRecent(int begin) {
            this.begin = begin;
        }

        @Override
        public Chooser among(Candidates candidates) {
            return hash -> leastUsed(candidates, begin, used -> choices.incrementAndGet());
        }
    }

    /** The one that was chosen least often. */
    private static final class LeastFrequent implements Choice {
        private final int begin;

        LeastFrequent(int begin) {
            this.begin = begin;
        }

        @Override
        public Chooser among(Candidates candidates) {
            return hash -> leastUsed(candidates, begin, used -> used + 1);
        }

        @Override
        public long fresh(Candidates candidates) {
            return candidates.leastUsed();
        }
    }

    /** Takes the one with the lowest note and gives it another, in one step: threads that choose at the same time choose different ones. */
    private static Instance leastUsed(Candidates candidates, int begin, LongUnaryOperator note) {
        int size = candidates.size();
        int start = Math.floorMod(begin, size);
        while (true) {
            Candidate least = candidates.get(start);
            long used = least.used().get();
            for (int i = 1; i < size; i++) {
                Candidate candidate = candidates.get((start + i) % size);
                long other = candidate.used().get();
                if (other < used) {
                    used = other;
                    least = candidate;
                }
            }
            if (least.used().compareAndSet(used, note.applyAsLong(used))) {
                return least.instance();
            }
        }
    }
}
