package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.naming.NodeStatus;
import java.time.Duration;

/** A server that had joined is removed from the cluster, and stopped. */
final class Departure implements Injection {
    private static final Duration LEADS_MAX = Duration.ofSeconds(5);
    private static final Duration REMOVED_MAX = Duration.ofSeconds(60);
    private static final Duration TOLD_MAX = Duration.ofSeconds(20);

    private final String guest;
    private final Manner manner;

    Departure(String guest, Manner manner) {
        this.guest = guest;
        this.manner = manner;
    }

    /** In which state a server is removed. */
    enum Manner {
        /** It runs. */
        RUNNING("leaves"),
        /** It leads. */
        LEADING("leaves as the leader"),
        /** It was killed before. */
        DEAD("leaves after a kill"),
        /** It was killed before, and is started once more afterwards, as by an operator who does not know. */
        UNDEAD("leaves after a kill and comes back");

        private final String words;

        Manner(String words) {
            this.words = words;
        }
    }

    /** For a schedule. */
    String words() {
        return guest + " " + manner.words;
    }

    @Override
    public String inject(Stage stage) {
        ServerNode server = stage.guests().stream()
                .filter(one -> one.id().equals(guest))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(guest + " is not there, because it could not join"));
        String more = remove(stage, server);
        if (manner == Manner.UNDEAD) {
            server.start();
            // Whether it says so is for a check to judge, by what it says of itself.
            boolean unused = Patience.until(TOLD_MAX, () -> knowsThatItWasRemoved(server));
        }
        boolean stopped = Departures.endProcess(stage, guest);
        stage.dismiss(guest);
        return words() + more + (stopped ? "" : ", killed because it did not stop");
    }

    private String remove(Stage stage, ServerNode server) {
        try (Petition petition = new Petition(stage)) {
            String more = switch (manner) {
                case RUNNING -> "";
                case LEADING -> petition.lead(guest, LEADS_MAX) ? "" : " (which it was not)";
                case DEAD, UNDEAD -> {
                    server.kill();
                    yield "";
                }
            };
            if (!petition.remove(guest, REMOVED_MAX)) {
                throw new IllegalStateException("%s was not removed within %d s: %s"
                        .formatted(guest, REMOVED_MAX.toSeconds(), petition.refusal()));
            }
            return more;
        }
    }

    private static boolean knowsThatItWasRemoved(ServerNode server) {
        return !server.alive()
                || server.status()
                        .map(NodeStatus::reason)
                        .filter(reason -> reason.contains("removed"))
                        .isPresent();
    }

    /** If it is still there it is a member still, and is to run like one. */
    @Override
    public void heal(Stage stage) {
        stage.guests().stream().filter(one -> one.id().equals(guest)).forEach(ServerNode::start);
    }
}
