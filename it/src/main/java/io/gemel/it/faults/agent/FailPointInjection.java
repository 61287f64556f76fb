package io.gemel.it.faults.agent;

import io.gemel.it.faults.nemesis.Injection;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * Arms fail points of one server, one after the other, until it dies at one, and starts it again.
 *
 * @param places where it may die, in the order in which they are tried; not empty
 * @param patience for how long each
 */
record FailPointInjection(String node, List<Place> places, Duration patience) implements Injection {
    /** Copies the list. */
    FailPointInjection {
        places = List.copyOf(places);
    }

    /**
     * A moment in a server's work.
     *
     * @param passage at which passage of the point since it was armed, from 1
     */
    record Place(String point, int passage) {
        @Override
        public String toString() {
            return point + " #" + passage;
        }
    }

    /** The control file's name in a node's directory. */
    static final String CONTROL = "fail-point";

    private static final String OFF = "off 0";

    @Override
    public String inject(Stage stage) {
        ServerNode server = stage.server(node);
        if (!server.alive()) {
            throw new IllegalStateException("not reached: " + node + " did not run");
        }
        for (Place place : places) {
            write(server, place.point() + " " + place.passage());
            if (server.awaitEnd(patience)) {
                return node + " died at " + place;
            }
        }
        // A run in which no server came past any of its places has met no fault, and must not pass as if it had.
        throw new IllegalStateException("not reached by " + node + ": " + places);
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
