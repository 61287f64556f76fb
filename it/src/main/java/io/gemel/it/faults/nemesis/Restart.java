package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks one server to stop, as an upgrade does, once the last one is back.
 *
 * @param node its id
 */
record Restart(String node) implements Injection {
    private static final Duration READY_MAX = Duration.ofSeconds(20);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    @Override
    public String inject(Stage stage) {
        for (ServerNode other : stage.servers()) {
            if (!other.id().equals(node)) {
                // Another fault may hold it down; then this is no rolling restart but still a restart.
                boolean unused = other.alive() && other.awaitReady(READY_MAX);
            }
        }
        Optional<Integer> code = stage.server(node).terminate(STOP_MAX);
        return code.isPresent() ? node : node + " (killed: did not stop within " + STOP_MAX.toSeconds() + " s)";
    }

    @Override
    public void heal(Stage stage) {
        stage.server(node).start();
    }
}
