package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.util.List;

/** File I/O of one server fails or waits, as the shim's rules say. */
final class BadIo implements Exclusive {
    private final Victims victims;
    private final List<IoShim.Rule> rules;
    private List<ServerNode> met = List.of();

    BadIo(Victims victims, List<IoShim.Rule> rules) {
        this.victims = victims;
        this.rules = List.copyOf(rules);
    }

    @Override
    public String claim() {
        return "file I/O";
    }

    @Override
    public String inject(Stage stage) {
        met = victims.servers(stage);
        met.forEach(node -> IoShim.set(node, rules));
        return Victims.names(met);
    }

    @Override
    public void heal(Stage stage) {
        met.forEach(node -> IoShim.set(node, List.of()));
        met.forEach(Operator::bringBack);
    }
}
