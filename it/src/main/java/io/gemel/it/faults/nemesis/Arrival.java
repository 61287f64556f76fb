package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.NodeStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * A server with an empty disk that joins the cluster and stays, as a member like any other. It is at fault only until it votes.
 */
final class Arrival implements Injection {
    private static final Duration JOINED_MAX = Duration.ofSeconds(60);
    private static final Duration CALLED_OFF_MAX = Duration.ofSeconds(20);

    private final String guest;
    private final Optional<Duration> stumble;
    private boolean joined;

    /**
     * An arrival to come.
     *
     * @param guest its id, which no server had before
     * @param stumble how long after its start it is killed and started again
     */
    Arrival(String guest, Optional<Duration> stumble) {
        this.guest = guest;
        this.stumble = stumble;
    }

    /** For a schedule. */
    static String words(String guest) {
        return guest + " joins";
    }

    @Override
    public String inject(Stage stage) {
        ServerNode server = stage.invite(guest);
        server.start();
        stumble.ifPresent(after -> {
            Patience.pass(after);
            server.kill();
            server.start();
        });
        try (Petition petition = new Petition(stage)) {
            joined = Patience.until(
                    JOINED_MAX,
                    () -> server.status().filter(NodeStatus::ready).isPresent()
                            && petition.standing(guest).equals(Optional.of(Standing.VOTER)));
            if (!joined) {
                throw new IllegalStateException("%s did not become a voter within %d s: it is %s"
                        .formatted(
                                guest,
                                JOINED_MAX.toSeconds(),
                                petition.standing(guest).map(Standing::name).orElse("unknown to the servers")));
            }
        }
        return words(guest) + stumble.map(after -> ", after a kill").orElse("");
    }

    /** Nothing, unless it failed: then it is called off. */
    @Override
    public void heal(Stage stage) {
        if (!joined) {
            boolean unused = Departures.endProcess(stage, guest);
            try (Petition petition = new Petition(stage)) {
                if (petition.remove(guest, CALLED_OFF_MAX)) {
                    stage.dismiss(guest);
                }
            }
        }
    }
}
