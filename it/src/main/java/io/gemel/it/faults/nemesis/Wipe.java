package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;

/**
 * Replaces one server with an empty one of the same name.
 *
 * <p>What it held is a lost disk, and the promise is for a majority of disks. So this keeps to the rule for operators: not
 * before all others have what it has, and the new one not before the others follow a leader.
 *
 * @param node its id
 */
record Wipe(String node) implements Exclusive {
    private static final Duration CAUGHT_UP_MAX = Duration.ofSeconds(20);

    @Override
    public String claim() {
        return EVERYTHING;
    }

    @Override
    public String inject(Stage stage) {
        if (!Patience.until(CAUGHT_UP_MAX, () -> Wiping.inStep(stage))) {
            throw new IllegalStateException("not all servers were in step, so a wipe would lose a second disk");
        }
        ServerNode server = stage.server(node);
        server.kill();
        if (!Patience.until(CAUGHT_UP_MAX, () -> Wiping.othersInStep(stage, node))) {
            throw new IllegalStateException("the others did not agree without " + node);
        }
        server.wipe();
        return node;
    }

    @Override
    public void heal(Stage stage) {
        stage.server(node).start();
        // The next fault must not meet a second disk before this one is filled.
        boolean unused = Patience.until(CAUGHT_UP_MAX, () -> Wiping.inStep(stage));
    }
}
