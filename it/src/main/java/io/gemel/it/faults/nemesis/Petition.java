package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.ClusterCalls;
import io.gemel.transport.grpc.KnownCluster;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks a cluster about its members and for changes of them, at whichever server answers, as long as that takes. Confined to one
 * thread.
 */
final class Petition implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    /** A request to be added that nobody has answered may still come about for as long as servers keep requests; and a little longer. */
    private static final Duration REQUESTS_LAST = Duration.ofSeconds(4);

    private final Stage stage;
    private final Map<String, ClusterCalls> byAddress = new HashMap<>();
    private String refusal = "no server answers";

    Petition(Stage stage) {
        this.stage = stage;
    }

    /** What the server that knows most says of the members; empty if none answers. */
    Optional<KnownCluster> members() {
        return stage.everyone().stream()
                .flatMap(server -> ask(server, calls -> calls.list(ANSWER_MAX)).stream())
                .max(Comparator.comparingLong(cluster -> cluster.members().revision()));
    }

    /** How far {@code id} is on its way into the cluster or out of it; empty if no server knows of it. */
    Optional<Standing> standing(String id) {
        return members().flatMap(cluster -> cluster.members().find(id)).map(Entry::standing);
    }

    /** Has {@code id} removed, which may be so already. Whether it is, within {@code limit}. */
    boolean remove(String id, Duration limit) {
        long[] unknownSince = {System.nanoTime()};
        return Patience.until(limit, () -> {
            Optional<KnownCluster> members = members();
            Optional<Standing> standing =
                    members.flatMap(cluster -> cluster.members().find(id)).map(Entry::standing);
            if (members.isEmpty() || standing.isPresent()) {
                unknownSince[0] = System.nanoTime();
            }
            if (standing.isPresent() && standing.get() != Standing.LEAVING && standing.get() != Standing.REMOVED) {
                boolean unused = anywhere(calls -> calls.remove(id, ANSWER_MAX));
            }
            return standing.equals(Optional.of(Standing.REMOVED))
                    || System.nanoTime() - unknownSince[0] > REQUESTS_LAST.toNanos();
        });
    }

    /** Has {@code id} lead. Whether it does, within {@code limit}. */
    boolean lead(String id, Duration limit) {
        return Patience.until(
                limit,
                () -> stage.leader().filter(leader -> leader.id().equals(id)).isPresent()
                        || anywhere(calls -> calls.transferLeadership(Optional.of(id), ANSWER_MAX)));
    }

    /** Why the last request that failed did. */
    String refusal() {
        return refusal;
    }

    private boolean anywhere(Function<ClusterCalls, ?> request) {
        return stage.everyone().stream().anyMatch(server -> ask(server, request).isPresent());
    }

    private <T> Optional<T> ask(ServerNode server, Function<ClusterCalls, T> request) {
        if (!server.alive()) {
            return Optional.empty();
        }
        try {
            return Optional.of(request.apply(byAddress.computeIfAbsent(server.clientAddress(), ClusterCalls::new)));
        } catch (RegistryException failure) {
            refusal = failure.code() + " " + failure.getMessage();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        byAddress.values().forEach(ClusterCalls::close);
    }
}
