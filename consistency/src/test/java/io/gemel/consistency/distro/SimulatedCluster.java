package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Member;
import io.gemel.consistency.cluster.Members;
import io.gemel.naming.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A whole cluster with its clients in one thread and in simulated time: one priority queue of deliveries, one clock, one
 * seed. The same seed gives the same run.
 */
final class SimulatedCluster {
    static final Duration STEP = Duration.ofMillis(10);

    final SplittableRandom random;
    final ManualTicker ticker = new ManualTicker();
    final DistroConfig config;
    final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<Member> members;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::order));
    private final Set<Set<String>> cuts = new HashSet<>();
    private long nowMillis;
    private long order;

    /** Something that happens at a time; events of one time happen in the order in which they were planned. */
    private record Event(long atMillis, long order, Runnable task) {}

    SimulatedCluster(int size, long seed, DistroConfig config) {
        this.random = new SplittableRandom(seed);
        this.config = config;
        this.members = IntStream.rangeClosed(1, size)
                .mapToObj(i -> new Member("s" + i, "sim", 1, i, 1))
                .toList();
        for (Member member : members) {
            nodes.add(new SimulatedNode(this, new Members(member.id(), members)));
        }
        nodes.forEach(SimulatedNode::start);
    }

    SimulatedNode node(int number) {
        return nodes.get(number - 1);
    }

    Optional<SimulatedNode> node(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }

    /** A random message delay: mostly short, now and then long. */
    long delayMillis() {
        return random.nextInt(20) == 0 ? 1 + random.nextInt(200) : 1 + random.nextInt(5);
    }

    void after(long millis, Runnable task) {
        events.add(new Event(nowMillis + millis, order++, task));
    }

    long nowMillis() {
        return nowMillis;
    }

    void cut(SimulatedNode a, SimulatedNode b) {
        cuts.add(Set.of(a.id(), b.id()));
        a.breakLink(b.id());
        b.breakLink(a.id());
    }

    /** Cuts {@code node} off from all others. */
    void isolate(SimulatedNode node) {
        nodes.stream().filter(other -> other != node).forEach(other -> cut(node, other));
    }

    void heal() {
        cuts.clear();
    }

    boolean connected(String a, String b) {
        return !cuts.contains(Set.of(a, b));
    }

    void run(Duration duration) {
        run(duration, () -> {});
    }

    /** Lets time pass, and calls {@code check} after every step. */
    void run(Duration duration, Runnable check) {
        long end = nowMillis + duration.toMillis();
        while (nowMillis < end) {
            nowMillis += STEP.toMillis();
            ticker.advance(STEP);
            while (!events.isEmpty() && events.peek().atMillis() <= nowMillis) {
                events.remove().task().run();
                nodes.forEach(SimulatedNode::runLoop);
            }
            nodes.forEach(SimulatedNode::runLoop);
            check.run();
        }
    }
}
