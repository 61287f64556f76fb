package io.gemel.consistency.distro.simulation;

import io.gemel.naming.Member;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What Raft would agree on: who the members are.
 *
 * <p>A change needs a majority of those that vote, up and connected with one of them, which leads; there is one change at a time. Each
 * node is told after a delay of its own, as by a log that is applied here sooner and there later; one that does not reach the
 * leader only once it does. A node that was removed may have to find out by itself.
 */
final class Agreement {
    private static final long TICK = Duration.ofMillis(50).toNanos();
    private static final long APPLIED_WITHIN = Duration.ofMillis(300).toNanos();
    private static final long STEP_WITHIN = Duration.ofSeconds(1).toNanos();

    /** How long a node misses its leader before it asks others whether it was removed. */
    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

    private static final long APPLY_PURPOSE = 501;
    private static final long STEP_PURPOSE = 502;
    private static final long MISSED_PURPOSE = 503;

    private final Network network;
    private final Timeline timeline;
    private final List<Node> nodes;
    private final Events events;
    private final ArrayDeque<Node> joining = new ArrayDeque<>();
    private final Map<Node, Long> known = new HashMap<>();
    private final Map<Node, Long> telling = new HashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final Set<String> learners = new TreeSet<>();
    private List<Member> all;
    private Optional<String> leaving = Optional.empty();
    private long revision;
    private long nextStep;
    private boolean started;

    /** What nodes get to know. */
    interface Events {
        /** {@code node} knows the newest list. */
        void told(Node node);
    }

    /** @param nodes all that are or were members, or are to be; grows */
    Agreement(Network network, List<Node> nodes, List<Member> initial, Events events) {
        this.network = network;
        this.timeline = network.timeline();
        this.nodes = nodes;
        this.all = initial;
        this.events = events;
    }

    /** The members by the newest list, whoever knows it. */
    List<Member> all() {
        return all;
    }

    Set<String> learners() {
        return learners;
    }

    boolean removed(Node node) {
        return removed.contains(node.id());
    }

    /** Whether {@code node} is about to be removed, or was. */
    boolean leaves(Node node) {
        return removed(node) || leaving.filter(node.id()::equals).isPresent();
    }

    private boolean has(Node node) {
        return all.stream().anyMatch(member -> member.id().equals(node.id()));
    }

    private boolean knows(Node node) {
        return known.getOrDefault(node, 0L) == revision;
    }

    /** Whether nothing is under way, and every member knows what was agreed. */
    boolean settled() {
        return joining.isEmpty()
                && !changing()
                && nodes.stream().filter(this::has).allMatch(this::knows);
    }

    private boolean changing() {
        return leaving.isPresent() || !learners.isEmpty();
    }

    // ---- what is asked for ----

    /** {@code node} is to become a member, as soon as nothing else is under way. */
    void join(Node node) {
        joining.add(node);
        start();
    }

    /** Removes {@code node} in two steps; whether that is not refused. */
    boolean remove(Node node) {
        boolean otherUnderWay = leaving.isPresent() || learners.stream().anyMatch(other -> !other.equals(node.id()));
        List<Node> left = voters().stream().filter(voter -> voter != node).toList();
        if (!has(node) || otherUnderWay || leader().isEmpty() || leader(left).isEmpty()) {
            return false;
        }
        leaving = Optional.of(node.id());
        agreed();
        start();
        return true;
    }

    // ---- how it is agreed ----

    private void start() {
        if (!started) {
            started = true;
            tick();
        }
    }

    private void tick() {
        leader().ifPresent(leader -> {
            if (timeline.now() >= nextStep) {
                step(leader);
            }
        });
        nodes.forEach(this::tell);
        timeline.at(timeline.now() + TICK, this::tick);
    }

    private void step(Node leader) {
        if (leaving.isPresent()) {
            String id = leaving.get();
            List<Node> left =
                    voters().stream().filter(voter -> !voter.id().equals(id)).toList();
            if (leader(left).isPresent()) {
                leaving = Optional.empty();
                removed.add(id);
                learners.remove(id);
                all = all.stream().filter(member -> !member.id().equals(id)).toList();
                agreed();
            }
        } else if (!learners.isEmpty()) {
            boolean caughtUp = nodes.stream()
                    .filter(node -> learners.contains(node.id()))
                    .allMatch(node -> knows(node) && node.awake() && connected(node, leader));
            if (caughtUp) {
                learners.clear();
                agreed();
            }
        } else if (!joining.isEmpty()) {
            Node node = joining.remove();
            all = new ArrayList<>(all);
            all.add(node.members().self());
            learners.add(node.id());
            agreed();
        }
    }

    private void agreed() {
        revision++;
        nextStep = timeline.now() + network.noise().below(STEP_WITHIN, STEP_PURPOSE, revision, timeline.now());
    }

    private List<Node> voters() {
        return nodes.stream()
                .filter(node -> has(node) && !learners.contains(node.id()))
                .toList();
    }

    private Optional<Node> leader() {
        return leader(voters());
    }

    private Optional<Node> leader(List<Node> voters) {
        return voters.stream()
                .filter(leader -> leader.awake()
                        && voters.stream()
                                        .filter(voter -> voter.awake() && connected(voter, leader))
                                        .count()
                                > voters.size() / 2)
                .findFirst();
    }

    private boolean connected(Node one, Node other) {
        return one == other || (!network.isCut(one.host(), other.host()) && !network.isCut(other.host(), one.host()));
    }

    // ---- how it becomes known ----

    private void tell(Node node) {
        if (knows(node) || !node.awake() || !(has(node) || removed(node)) || !reachesWhoKnows(node)) {
            return;
        }
        long life = node.host().life();
        if (telling.getOrDefault(node, -1L) != life) {
            telling.put(node, life);
            timeline.at(timeline.now() + delay(node), node.host(), () -> told(node));
        }
    }

    private void told(Node node) {
        telling.remove(node);
        known.put(node, revision);
        if (has(node) || removed(node)) {
            node.members().become(all, learners);
            events.told(node);
        }
    }

    private boolean reachesWhoKnows(Node node) {
        return leader().filter(leader -> connected(node, leader)).isPresent()
                || (removed(node)
                        && nodes.stream()
                                .anyMatch(other ->
                                        has(other) && other.awake() && knows(other) && connected(node, other)));
    }

    private long delay(Node node) {
        Noise noise = network.noise();
        long place = node.host().number();
        boolean missed = removed(node) && noise.below(2, MISSED_PURPOSE, place, revision) == 0;
        return (missed ? PATIENCE : 0) + noise.below(APPLIED_WITHIN, APPLY_PURPOSE, place, timeline.now());
    }
}
