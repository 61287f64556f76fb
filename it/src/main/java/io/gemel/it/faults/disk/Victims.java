package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Whom a fault shall meet: servers by name, or the one that leads when the fault comes.
 *
 * @param ids the servers; empty for the leader
 */
record Victims(List<String> ids) {
    private static final Duration ELECTION_MAX = Duration.ofSeconds(5);
    private static final double LEADER_SHARE = 0.4;

    /** Copies the list. */
    Victims {
        ids = List.copyOf(ids);
    }

    /** The leader now and then, since most goes through its disk; else any server. */
    static Victims one(RandomGenerator random, List<String> nodes) {
        return random.nextDouble() < LEADER_SHARE ? new Victims(List.of()) : named(random, nodes, 1);
    }

    /** Just more than half. */
    static Victims majority(RandomGenerator random, List<String> nodes) {
        return named(random, nodes, nodes.size() / 2 + 1);
    }

    /** Every server. */
    static Victims all(RandomGenerator random, List<String> nodes) {
        return named(random, nodes, nodes.size());
    }

    /** One server that the seed names. */
    static Victims any(RandomGenerator random, List<String> nodes) {
        return named(random, nodes, 1);
    }

    private static Victims named(RandomGenerator random, List<String> nodes, int count) {
        List<String> order = new ArrayList<>(nodes);
        Collections.shuffle(order, new Random(random.nextLong()));
        return new Victims(order.subList(0, count).stream().sorted().toList());
    }

    /** For a schedule. */
    String words() {
        return ids.isEmpty() ? "leader" : String.join(",", ids);
    }

    /** The servers. Throws {@link IllegalStateException} if nobody leads for a while. */
    List<ServerNode> servers(Stage stage) {
        if (!ids.isEmpty()) {
            return ids.stream().map(stage::server).toList();
        }
        List<ServerNode> leader = new ArrayList<>();
        boolean found = Patience.until(ELECTION_MAX, () -> {
            Optional<ServerNode> leads = stage.leader();
            leads.ifPresent(leader::add);
            return leads.isPresent();
        });
        if (!found) {
            throw new IllegalStateException("no server leads, so there is no leader to meet");
        }
        return leader;
    }

    /** Their ids, joined by commas. */
    static String names(List<ServerNode> servers) {
        return servers.stream().map(ServerNode::id).collect(Collectors.joining(","));
    }
}
