package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A server ends, and comes back at other ports, now and then also at another address of its host. Only its own command line says
 * so; the others have to be told by itself. It stays there.
 *
 * <p>One at a time: the next one not before all of them follow a leader again, because two that moved while nobody could tell would
 * look for each other where neither is.
 *
 * @param node its id
 * @param killed whether it ends by a kill, else because it was asked to
 */
record Relocation(String node, boolean killed) implements Injection {
    private static final Duration WHOLE_MAX = Duration.ofSeconds(20);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    static Aim next(RandomGenerator random, List<String> nodes) {
        Relocation relocation = new Relocation(nodes.get(random.nextInt(nodes.size())), random.nextBoolean());
        return new Aim(relocation.node, relocation);
    }

    @Override
    public String inject(Stage stage) {
        if (!Patience.until(WHOLE_MAX, () -> Wiping.inStep(stage))) {
            throw new IllegalStateException("not all servers were in step, so a second one could be on its way");
        }
        ServerNode server = stage.server(node);
        String how = "killed";
        if (killed) {
            server.kill();
        } else {
            Optional<Integer> code = server.terminate(STOP_MAX);
            how = code.isPresent() ? "stopped" : "killed: did not stop within " + STOP_MAX.toSeconds() + " s";
        }
        server.move();
        return "%s (%s) moves".formatted(node, how);
    }

    @Override
    public void heal(Stage stage) {
        stage.server(node).start();
    }
}
