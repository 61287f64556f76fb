package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Which servers a fault meets. Some are named by the seed, some only by what the cluster is doing when the fault comes. */
final class Aimed {
    private static final Duration ELECTION_MAX = Duration.ofSeconds(5);

    private final String words;
    private final Choice choice;

    /** Finds the servers when the fault comes. */
    @FunctionalInterface
    private interface Choice {
        List<ServerNode> in(Stage stage);
    }

    private Aimed(String words, Choice choice) {
        this.words = words;
        this.choice = choice;
    }

    /** One server, by lot. */
    static Aimed one(RandomGenerator random, List<String> nodes) {
        return named(List.of(nodes.get(random.nextInt(nodes.size()))));
    }

    /** More than half of the servers, by lot. */
    static Aimed majority(RandomGenerator random, List<String> nodes) {
        return named(lot(random, nodes, nodes.size() / 2 + 1));
    }

    /** Every server. */
    static Aimed all(List<String> nodes) {
        return named(nodes);
    }

    /** Whoever leads then. */
    static Aimed leader() {
        return new Aimed("leader", stage -> List.of(leaderOf(stage)));
    }

    /** One who follows then, by lot. */
    static Aimed follower(RandomGenerator random) {
        int lot = random.nextInt(Integer.MAX_VALUE);
        return new Aimed("follower", stage -> {
            ServerNode leader = leaderOf(stage);
            List<ServerNode> followers = stage.everyone().stream()
                    .filter(node -> !node.id().equals(leader.id()))
                    .toList();
            return List.of(followers.get(lot % followers.size()));
        });
    }

    private static Aimed named(List<String> ids) {
        return new Aimed(
                String.join(",", ids), stage -> ids.stream().map(stage::server).toList());
    }

    /** {@code count} of {@code nodes}, sorted. */
    static List<String> lot(RandomGenerator random, List<String> nodes, int count) {
        return shuffled(random, nodes).subList(0, count).stream().sorted().toList();
    }

    /** All of {@code nodes}, in an order by lot. */
    static List<String> shuffled(RandomGenerator random, List<String> nodes) {
        List<String> order = new ArrayList<>(nodes);
        Collections.shuffle(order, new Random(random.nextLong()));
        return order;
    }

    /** The leader; waits a while for one, because another fault may just have ended the last. */
    static ServerNode leaderOf(Stage stage) {
        List<ServerNode> found = new ArrayList<>();
        Patience.until(ELECTION_MAX, () -> stage.leader().map(found::add).orElse(false));
        return found.stream().findFirst().orElseThrow(() -> new IllegalStateException("no leader to meet"));
    }

    /** For a schedule: s2, leader, s1,s3. */
    String words() {
        return words;
    }

    List<ServerNode> servers(Stage stage) {
        return choice.in(stage);
    }

    /** The ids, joined by commas. */
    static String names(List<ServerNode> servers) {
        return servers.stream().map(ServerNode::id).sorted().collect(Collectors.joining(","));
    }
}
