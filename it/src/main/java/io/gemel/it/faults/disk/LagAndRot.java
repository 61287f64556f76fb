package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Some servers stay behind, another one's log is damaged, and these are to go on while all others are away: just enough of them
 * to elect a leader that lacks what was acknowledged, if the damaged one hides what it lacks.
 *
 * <p>Only one disk is damaged, and nothing that was synced is missing from the others', so that the promise holds.
 *
 * @param order all servers by id: first those that stay behind, just less than half, then the one to be damaged
 */
record LagAndRot(List<String> order, long seed) implements Exclusive {
    /** In which clients write what those that stay behind miss. */
    private static final Duration LAG = Duration.ofSeconds(1);

    /** Copies the list. */
    LagAndRot {
        order = List.copyOf(order);
    }

    @Override
    public String claim() {
        return EVERYTHING;
    }

    @Override
    public String inject(Stage stage) {
        ServerNode damaged = stage.server(order.get(behind()));
        Operator.awaitWhole(stage.everyone());
        List<ServerNode> late = new ArrayList<>(
                order.subList(0, behind()).stream().map(stage::server).toList());
        late.forEach(ServerNode::kill);
        Patience.pass(LAG);
        order.subList(behind(), order.size()).forEach(id -> stage.server(id).kill());
        String damage = Corruptor.damage(
                        damaged.dataDir(), Corruptor.Harm.FLIP, Corruptor.Part.LOG, new SplittableRandom(seed))
                .map(Corruptor.Damage::toString)
                .orElseThrow(() -> new IllegalStateException(damaged.id() + " has no log to damage"));
        late.add(damaged);
        late.forEach(ServerNode::start);
        return String.join(",", order) + ": " + damaged.id() + ": " + damage;
    }

    @Override
    public void heal(Stage stage) {
        stage.servers().forEach(ServerNode::start);
        Operator.bringBack(stage.server(order.get(behind())));
    }

    /** How many stay behind: with the damaged one they are a majority. */
    private int behind() {
        return order.size() / 2;
    }
}
