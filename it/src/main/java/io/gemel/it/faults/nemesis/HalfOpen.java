package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Cuts a server off from everybody, then kills it: no FIN and no RST reaches anyone, so only keepalives can tell that it is
 * gone.
 *
 * @param node its id
 */
record HalfOpen(String node) implements Exclusive {
    /** Long enough that what was under way is swallowed by the cut. */
    private static final Duration BEFORE_THE_KILL = Duration.ofMillis(300);

    static Aim next(RandomGenerator random, List<String> nodes) {
        String node = nodes.get(random.nextInt(nodes.size()));
        return new Aim(node, new HalfOpen(node));
    }

    @Override
    public String claim() {
        return LinkFault.CUTS;
    }

    @Override
    public String inject(Stage stage) {
        List<String> others = new ArrayList<>();
        stage.everyone().forEach(server -> others.add(server.id()));
        stage.workers().stream().filter(Worker::alive).forEach(worker -> others.add(worker.name()));
        Set<Link> links = Cuts.between(List.of(node), others);
        stage.network().cut(links);
        Patience.pass(BEFORE_THE_KILL);
        stage.server(node).kill();
        return node;
    }

    @Override
    public void heal(Stage stage) {
        ServerNode server = stage.server(node);
        stage.network().cut(Set.of());
        server.start();
    }
}
