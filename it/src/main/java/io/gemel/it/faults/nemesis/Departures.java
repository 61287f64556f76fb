package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings a cluster back to the servers that it began with. */
public final class Departures {
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    private Departures() {}

    /**
     * Has all removed that are members and did not found the cluster, and ends their processes. Waits for that for at most
     * {@code limit}; why it could not be done, if it could not.
     */
    public static Optional<String> all(Stage stage, Duration limit) {
        try (Petition petition = new Petition(stage)) {
            return all(stage, limit, petition);
        }
    }

    private static Optional<String> all(Stage stage, Duration limit, Petition petition) {
        long begin = System.nanoTime();
        List<String> founders = stage.servers().stream().map(ServerNode::id).toList();
        stage.guests().forEach(ServerNode::thaw);
        List<String> strangers = new ArrayList<>();
        boolean told = Patience.until(limit, () -> {
            strangers.clear();
            return petition.members()
                    .map(cluster -> strangers.addAll(cluster.present().stream()
                            .map(entry -> entry.member().id())
                            .filter(id -> !founders.contains(id))
                            .toList()))
                    .isPresent();
        });
        if (!told) {
            return Optional.of("no server told who the members are within " + limit.toSeconds() + " s");
        }
        stage.guests().stream()
                .map(ServerNode::id)
                .filter(id -> !strangers.contains(id))
                .forEach(strangers::add);
        for (String stranger : strangers) {
            Duration left = limit.minusNanos(System.nanoTime() - begin);
            if (!petition.remove(stranger, left)) {
                return Optional.of("%s was not removed within %d s: %s"
                        .formatted(stranger, limit.toSeconds(), petition.refusal()));
            }
            boolean unused = endProcess(stage, stranger);
            stage.dismiss(stranger);
        }
        return Optional.empty();
    }

    /** Asks a guest to stop, and kills it if it does not. Whether it stopped when it was asked, or did not run. */
    static boolean endProcess(Stage stage, String guest) {
        Optional<ServerNode> running = stage.guests().stream()
                .filter(one -> one.id().equals(guest) && one.alive())
                .findFirst();
        running.ifPresent(ServerNode::thaw);
        return running.map(server -> server.terminate(STOP_MAX).isPresent()).orElse(true);
    }
}
