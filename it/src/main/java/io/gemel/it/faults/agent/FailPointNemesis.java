package io.gemel.it.faults.agent;

import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import io.gemel.it.faults.stage.Preparation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Lets one server after another die in the midst of something, at a place and a passage of it that the seed determines.
 *
 * <p>Most places are passed many times a second, some only after other faults or with other workloads, so that each fault has a
 * few places to try. A server that comes past none of them in its time lives on, and the history says {@code not reached}.
 */
final class FailPointNemesis implements Nemesis {
    private static final Duration CALM = Duration.ofMillis(1_500);
    private static final Duration WAIT = Duration.ofSeconds(3);
    private static final int PLACES = 3;
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
            List<FailPointInjection.Place> places =
                    Stream.generate(() -> place(random, points)).limit(PLACES).toList();
            faults.add(new PlannedFault(
                    from,
                    to.compareTo(time) < 0 ? to : time,
                    name(),
                    node + " at " + places,
                    new FailPointInjection(node, places, WAIT.dividedBy(PLACES))));
            from = to.plus(CALM.dividedBy(2)).plusMillis(random.nextLong(CALM.toMillis()));
            to = from.plus(WAIT);
        }
        return faults;
    }

    /** Any point; rather one of its first passages, since some are passed once a second. */
    private static FailPointInjection.Place place(RandomGenerator random, List<String> points) {
        String point = points.get(random.nextInt(points.size()));
        return new FailPointInjection.Place(point, 1 + random.nextInt(1 + random.nextInt(PASSAGES_MAX)));
    }
}
