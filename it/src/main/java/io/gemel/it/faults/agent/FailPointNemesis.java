package io.gemel.it.faults.agent;

import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import io.gemel.it.faults.stage.Preparation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Lets one server after another die in the midst of something, at a place and a passage of it that the seed determines.
 *
 * <p>Most places are passed many times a second, some only after other faults. A server that does not come past the place
 * in its time lives on, and the history says {@code not reached}.
 */
final class FailPointNemesis implements Nemesis {
    private static final Duration CALM = Duration.ofMillis(1_500);
    private static final Duration WAIT = Duration.ofMillis(2_500);
    private static final int PASSAGES_MAX = 20;

    @Override
    public String name() {
        return "fail-point";
    }

    @Override
    public String description() {
        return "a server dies at one of " + FailPoints.all().size()
                + " places around its writes to disk, acknowledgements and messages";
    }

    @Override
    public Optional<String> unavailable() {
        try {
            AgentJar.path();
            return Optional.empty();
        } catch (IllegalStateException missing) {
            return Optional.of(String.valueOf(missing.getMessage()));
        }
    }

    @Override
    public void prepare(Preparation preparation) {
        preparation.jvmOption(AgentJar.option("points={dir}/" + FailPointInjection.CONTROL));
        preparation.setting("snapshot-interval", "1s");
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        List<String> points = FailPoints.all();
        List<PlannedFault> faults = new ArrayList<>();
        Duration from = CALM.dividedBy(2);
        Duration to = from.plus(WAIT);
        while (faults.isEmpty() || to.compareTo(time) <= 0) {
            String node = nodes.get(random.nextInt(nodes.size()));
            String point = points.get(random.nextInt(points.size()));
            int passage = 1 + random.nextInt(PASSAGES_MAX);
            faults.add(new PlannedFault(
                    from,
                    to.compareTo(time) < 0 ? to : time,
                    name(),
                    node + " at " + point + " #" + passage,
                    new FailPointInjection(node, point, passage, WAIT)));
            from = to.plus(CALM.dividedBy(2)).plusMillis(random.nextLong(CALM.toMillis()));
            to = from.plus(WAIT);
        }
        return faults;
    }
}
