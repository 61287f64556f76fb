package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Preparation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A fault that comes and goes during the whole fault phase.
 *
 * @param rounds when
 * @param network which one it needs
 * @param recipe on whom, and how
 */
record RecurringNemesis(String name, String description, Rounds rounds, Network network, Aim.Recipe recipe)
        implements Nemesis {
    /** Which networks it works on. */
    enum Network {
        ANY,
        PROXIES
    }

    @Override
    public void prepare(Preparation preparation) {
        if (network == Network.PROXIES) {
            preparation.needNetwork("proxies");
        }
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        return rounds.windows(random, time).stream()
                .map(window -> {
                    Aim aim = recipe.next(random, nodes);
                    return new PlannedFault(window.from(), window.to(), name, aim.target(), aim.injection());
                })
                .toList();
    }
}
