package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.util.List;

/** Disks have no free byte for a while. */
final class FullDisk implements Exclusive {
    private final Victims victims;
    private List<ServerNode> met = List.of();

    FullDisk(Victims victims) {
        this.victims = victims;
    }

    @Override
    public String claim() {
        return PowerLoss.CLAIM;
    }

    @Override
    public String inject(Stage stage) {
        met = victims.servers(stage);
        met.forEach(node -> node.disk().fill());
        return Victims.names(met);
    }

    @Override
    public void heal(Stage stage) {
        met.forEach(node -> node.disk().free());
        met.forEach(Operator::bringBack);
    }
}
