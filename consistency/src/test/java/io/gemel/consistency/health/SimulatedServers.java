package io.gemel.consistency.health;

import io.gemel.consistency.cluster.Live;
import io.gemel.consistency.cluster.Rendezvous;
import io.gemel.naming.Change;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Versioned;
import io.gemel.naming.Written;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.gemel.typed.TypedCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Three or five servers that check the instances of a service, in simulated time and with a network that the test breaks. What they agree on is
 * applied at once, as Raft would in the end.
 */
final class SimulatedServers {
    static final ServiceId SHOP = ServiceId.of("shop");
    static final Schedule SCHEDULE = new Schedule(Duration.ofSeconds(1), Duration.ofMillis(200), 2, 3);
    static final HealthCheck TCP = new HealthCheck.Tcp(SCHEDULE, Optional.empty());

    /** In which each instance is checked once at least. */
    static final Duration ROUND = Duration.ofMillis(1_100);

    private static final Duration TICK = Duration.ofMillis(20);

    private final ManualTicker ticker = new ManualTicker();
    final Map<String, Node> nodes = new HashMap<>();
    final Set<String> alive = new HashSet<>(Set.of("s1", "s2", "s3"));
    final Set<String> down = new HashSet<>();
    final Set<String> unseen = new HashSet<>(); // node + address: the node alone does not reach it
    final Set<String> unable = new HashSet<>(); // nodes that lack something for a check
    final Set<String> cutOff = new HashSet<>(); // they run, and see nobody
    final Set<String> stopped = new HashSet<>(); // nobody has noticed yet
    final Map<String, List<Runnable>> late = new HashMap<>(); // by node, what ends as it does after the timeout
    final List<Change.SetHealth> log = new ArrayList<>();
    private final TypedCodec codec = new TypedCodec(List.of());
    boolean writable = true;
    int probes;
    int questions;

    SimulatedServers() {
        for (String id : List.of("s1", "s2", "s3")) {
            nodes.put(id, new Node(id));
        }
    }

    /** Two more than the three that there are. */
    void five() {
        for (String id : List.of("s4", "s5")) {
            nodes.put(id, new Node(id));
            alive.add(id);
        }
    }

    /** That many instances, and {@code check} for them. */
    void serve(HealthCheck check, int instances) {
        IntStream.range(0, instances).forEach(i -> register(Instance.persistent(ip(i), 80), 1));
        settings(check);
        run(TICK);
    }

    void settings(HealthCheck check) {
        ServiceSettings settings = ServiceSettings.NONE.withTyped(TypedMetadata.of(codec.encode(List.of(check))));
        nodes.values()
                .forEach(node ->
                        node.naming.run(() -> node.index.settings(SHOP, Optional.of(new Versioned<>(settings, 1)))));
    }

    void register(Instance instance, long revision) {
        nodes.values()
                .forEach(node -> node.naming.run(() -> node.index.persistent(
                        SHOP, instance.key(), Optional.of(new Registration(instance, revision)))));
    }

    void run(Duration time) {
        for (long i = 0; i < time.toMillis() / TICK.toMillis(); i++) {
            ticker.advance(TICK);
            alive.stream()
                    .filter(id -> !stopped.contains(id))
                    .forEach(id -> node(id).loop.runAll());
        }
    }

    private List<String> seenBy(String id) {
        return alive.stream()
                .filter(other -> other.equals(id) || reaches(id, other))
                .sorted()
                .toList();
    }

    private boolean reaches(String id, String other) {
        return alive.contains(other) && !cutOff.contains(id) && !cutOff.contains(other);
    }

    List<HealthVerdict> calledUnhealthy() {
        return log.stream()
                .flatMap(change -> change.verdicts().stream())
                .filter(verdict -> !verdict.healthy())
                .toList();
    }

    /** Who checks the instance while all are alive. */
    String owner(int i) {
        return Rendezvous.order(nodes.keySet().stream().sorted().toList(), SHOP, key(i))
                .get(0);
    }

    /** Of so many instances those that one of {@code owners} checks while all are alive. */
    List<InstanceKey> checkedBy(int instances, Set<String> owners) {
        return IntStream.range(0, instances)
                .filter(i -> owners.contains(owner(i)))
                .mapToObj(SimulatedServers::key)
                .toList();
    }

    private CompletableFuture<Written> write(Change change) {
        if (!writable) {
            return CompletableFuture.failedFuture(
                    new RegistryException(RegistryException.Code.UNKNOWN_OUTCOME, "no majority"));
        }
        Change.SetHealth set = (Change.SetHealth) change;
        log.add(set);
        nodes.values().forEach(node -> node.naming.run(() -> set.verdicts().forEach(node::apply)));
        return CompletableFuture.completedFuture(new Written(log.size()));
    }

    Node node(String id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    static String ip(int i) {
        return "10.0." + i / 200 + "." + i % 200;
    }

    static InstanceKey key(int i) {
        return new InstanceKey(ip(i), 80, InstanceKey.DEFAULT_CLUSTER);
    }

    /** One server's index and checks. */
    final class Node implements Prober, Confirmations {
        final String id;
        final ManualLoop naming = new ManualLoop();
        final ManualLoop loop = new ManualLoop(ticker);
        final ServiceIndex index = new ServiceIndex(naming, this::published);
        final HealthChecks checks;

        Node(String id) {
            this.id = id;
            this.checks = new HealthChecks(
                    new HealthChecks.Parts(
                            loop,
                            ticker,
                            new Random(id.hashCode()),
                            index,
                            codec,
                            () -> new Live(id, seenBy(id), nodes.size()),
                            SimulatedServers.this::write),
                    new HealthChecks.Network(this, this));
            checks.start();
        }

        private void published(List<ServiceView> views) {
            checks.published(views);
        }

        void apply(HealthVerdict verdict) {
            boolean there = index.view(SHOP).registrations().stream()
                    .anyMatch(found -> found.key().equals(verdict.key()) && found.revision() == verdict.revision());
            if (there) {
                Optional<String> cause = verdict.healthy() ? Optional.empty() : Optional.of(verdict.cause());
                index.health(SHOP, verdict.key(), cause);
            }
        }

        @Override
        public void probe(HealthCheck check, String host, int port, Consumer<Probed> done) {
            probes++;
            boolean refused = down.contains(host) || unseen.contains(id + host);
            if (late.containsKey(id)) {
                Objects.requireNonNull(late.get(id)).add(() -> done.accept(Probed.unhealthy("no answer")));
            } else if (unable.contains(id)) {
                done.accept(Probed.unknown("too many open files"));
            } else {
                done.accept(refused ? Probed.unhealthy("connection refused by " + host) : Probed.HEALTHY);
            }
        }

        @Override
        public void poll() {}

        @Override
        public void close() {}

        @Override
        public void ask(String member, HealthVerdict verdict, Duration timeout, BiConsumer<Finding, String> done) {
            questions++;
            if (reaches(id, member)) {
                node(member).checks.confirm(verdict.service(), verdict.key(), verdict.revision(), done);
            } else {
                done.accept(Finding.UNKNOWN, "");
            }
        }
    }
}
