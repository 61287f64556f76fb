package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A server is killed, one of its files is damaged, and it is started again.
 *
 * <p>The promise is for the disks of a minority, so nothing is damaged before the disks of all others are whole.
 */
final class Rot implements Exclusive {
    private final Victims victims;
    private final Corruptor.Harm harm;
    private final long seed;
    private Optional<ServerNode> met = Optional.empty();

    Rot(Victims victims, Corruptor.Harm harm, long seed) {
        this.victims = victims;
        this.harm = harm;
        this.seed = seed;
    }

    @Override
    public String claim() {
        return EVERYTHING;
    }

    @Override
    public String inject(Stage stage) {
        ServerNode node = victims.servers(stage).get(0);
        Operator.awaitWhole(stage.everyone().stream()
                .filter(other -> !other.id().equals(node.id()))
                .toList());
        met = Optional.of(node);
        node.kill();
        String damage = Corruptor.damage(node.dataDir(), harm, new SplittableRandom(seed))
                .map(Corruptor.Damage::toString)
                .orElseThrow(() -> new IllegalStateException(node.id() + " has no file to damage"));
        node.start();
        return node.id() + ": " + damage;
    }

    @Override
    public void heal(Stage stage) {
        met.ifPresent(Operator::bringBack);
        met = Optional.empty();
    }
}
