package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Kills every server at once, and starts them in some order, some time apart, while all clients come back to whoever is there.
 *
 * @param order in which they are started
 * @param gaps before each start
 */
record ColdStart(List<String> order, List<Duration> gaps) implements Injection {
    private static final int GAP_MAX_MILLIS = 1_000;

    static Aim next(RandomGenerator random, List<String> nodes) {
        List<String> order = Aimed.shuffled(random, nodes);
        // Half of the cold starts are of all at the same moment: then nobody is there to be asked.
        boolean together = random.nextBoolean();
        List<Duration> gaps = order.stream()
                .map(id -> Duration.ofMillis(together ? 0 : random.nextInt(GAP_MAX_MILLIS)))
                .toList();
        return new Aim("all", new ColdStart(order, gaps));
    }

    @Override
    public String inject(Stage stage) {
        stage.everyone().forEach(ServerNode::kill);
        return "all, to start as " + String.join(",", order);
    }

    @Override
    public void heal(Stage stage) {
        for (int i = 0; i < order.size(); i++) {
            Patience.pass(gaps.get(i));
            stage.server(order.get(i)).start();
        }
        stage.guests().forEach(ServerNode::start);
    }
}
