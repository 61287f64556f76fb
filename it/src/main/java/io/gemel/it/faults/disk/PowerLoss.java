package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.util.List;

/**
 * The power of machines goes: what their disks had not synced is lost, and their processes end.
 *
 * <p>All disks lose it before the first process is killed, as when a rack goes dark. With {@code kill} unset the disks are
 * gone but the processes run on: a dying disk. Such a server may not go on to acknowledge.
 */
final class PowerLoss implements Exclusive {
    static final String CLAIM = "disks";

    private final Victims victims;
    private final boolean kill;
    private List<ServerNode> met = List.of();

    PowerLoss(Victims victims, boolean kill) {
        this.victims = victims;
        this.kill = kill;
    }

    @Override
    public String claim() {
        return CLAIM;
    }

    @Override
    public String inject(Stage stage) {
        met = victims.servers(stage);
        met.parallelStream().forEach(node -> node.disk().losePower());
        if (kill) {
            met.forEach(ServerNode::kill);
        }
        return Victims.names(met);
    }

    @Override
    public void heal(Stage stage) {
        met.forEach(ServerNode::kill); // a disk that is held cannot be mounted again
        met.forEach(node -> node.disk().restore());
        met.forEach(ServerNode::start); // together: one alone may need the others
        met.forEach(Operator::bringBack);
    }
}
