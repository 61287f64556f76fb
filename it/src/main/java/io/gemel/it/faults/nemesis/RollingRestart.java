package io.gemel.it.faults.nemesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Restarts the servers one after the other, round and round, as an upgrade does. */
final class RollingRestart implements Nemesis {
    private static final Rounds ROUNDS = Rounds.of(1_500, 200, 1_500);

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public String description() {
        return "servers are asked to stop and started again, one after the other, each when the last is ready";
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        List<String> order = Aimed.shuffled(random, nodes);
        List<PlannedFault> faults = new ArrayList<>();
        for (Rounds.Window window : ROUNDS.windows(random, time)) {
            String node = order.get(faults.size() % order.size());
            faults.add(new PlannedFault(window.from(), window.to(), name(), node, new Restart(node)));
        }
        return faults;
    }
}
