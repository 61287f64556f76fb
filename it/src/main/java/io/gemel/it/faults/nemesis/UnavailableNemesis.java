package io.gemel.it.faults.nemesis;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A fault that this version of Gemel gives no way to cause: listed so that nobody takes it for tested.
 *
 * @param reason why, and what would help
 */
record UnavailableNemesis(String name, String description, String reason) implements Nemesis {
    @Override
    public Optional<String> unavailable() {
        return Optional.of(reason);
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        return List.of();
    }
}
