package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Cuts a client process off from every server, as a pulled plug does: no FIN tells anyone.
 *
 * @param lot picks the process
 */
record CutOffClient(int lot) implements Exclusive {
    static Aim next(RandomGenerator random, List<String> nodes) {
        return new Aim("client", new CutOffClient(random.nextInt(Integer.MAX_VALUE)));
    }

    @Override
    public String claim() {
        return LinkFault.CUTS;
    }

    @Override
    public String inject(Stage stage) {
        String client = pick(stage, lot);
        List<String> servers = stage.everyone().stream().map(ServerNode::id).toList();
        stage.network().cut(Cuts.between(List.of(client), servers));
        return client;
    }

    /** The host of one of the client processes that run, by {@code lot}. */
    static String pick(Stage stage, int lot) {
        List<String> clients = stage.workers().stream()
                .filter(worker -> Role.CLIENT.has(worker.name()) && worker.alive())
                .map(Worker::name)
                .toList();
        if (clients.isEmpty()) {
            throw new IllegalStateException("no client process runs");
        }
        return clients.get(lot % clients.size());
    }

    @Override
    public void heal(Stage stage) {
        stage.network().cut(Set.of());
    }
}
