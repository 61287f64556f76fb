package io.gemel.it.faults.agent;

import io.gemel.it.faults.nemesis.Injection;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Arms a fail point of one server, waits for its death, and starts it again.
 *
 * @param passage at which passage of the point, from 1
 * @param patience for how long
 */
record FailPointInjection(String node, String point, int passage, Duration patience) implements Injection {
    /** The control file's name in a node's directory. */
    static final String CONTROL = "fail-point";

    private static final String OFF = "off 0";

    @Override
    public String inject(Stage stage) {
        ServerNode server = stage.server(node);
        if (!server.alive()) {
            return node + " (not reached: it did not run)";
        }
        write(server, point + " " + passage);
        boolean died = server.awaitEnd(patience);
        return node + (died ? " died at " : " (not reached: ") + point + " #" + passage + (died ? "" : ")");
    }

    @Override
    public void heal(Stage stage) {
        ServerNode server = stage.server(node);
        if (server.alive()) {
            write(server, OFF);
        } else {
            server.start();
        }
    }

    /** In one step, so that the server never reads a part of it. */
    private static void write(ServerNode server, String line) {
        Path control = server.dir().resolve(CONTROL);
        Path fresh = server.dir().resolve(CONTROL + ".new");
        try {
            Files.writeString(fresh, line + "\n");
            Files.move(fresh, control, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalStateException("fail point of " + server.id() + " cannot be armed: " + e.getMessage(), e);
        }
    }
}
