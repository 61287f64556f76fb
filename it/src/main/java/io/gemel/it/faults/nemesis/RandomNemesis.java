package io.gemel.it.faults.nemesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Some others at once, chosen by the seed: what nobody thought of combining. */
final class RandomNemesis implements Nemesis {
    private static final int FEWEST = 2;
    private static final int MOST = 4;

    private final List<Nemesis> others;

    RandomNemesis(List<Nemesis> others) {
        this.others = List.copyOf(others);
    }

    @Override
    public String name() {
        return "random";
    }

    @Override
    public String description() {
        return "two to four of the faults of processes and links at once, chosen by the seed";
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        List<Nemesis> left = new ArrayList<>(others);
        int count = random.nextInt(FEWEST, MOST + 1);
        List<PlannedFault> faults = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Nemesis nemesis = left.remove(random.nextInt(left.size()));
            RandomGenerator own = new SplittableRandom(random.nextLong());
            faults.addAll(nemesis.schedule(own, time, nodes));
        }
        return faults;
    }
}
