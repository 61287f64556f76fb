package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Member;
import io.gemel.naming.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A cluster, its clients and the network between them, and all that can be done to them. */
final class World {
    static final int SERVICES = 3;

    private static final String LINKS = "heal";

    private final Timeline timeline = new Timeline();
    private final Network network;
    private final Recorder recorder;
    private final SimulatedServer.Settings settings;
    private final List<Member> members;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Integer, SimulatedClient> clients = new TreeMap<>();
    private final Injected injected;
    private boolean healed;

    /** A machine that runs a server now and again. */
    static final class Node {
        private final Host host;
        private final Members members;
        private SimulatedServer server;
        private boolean stopping;
        private long incarnation;

        @SuppressWarnings("NullAway") // started before anyone asks
        Node(Host host, Members members) {
            this.host = host;
            this.members = members;
        }

        Host host() {
            return host;
        }

        SimulatedServer server() {
            return server;
        }

        long incarnation() {
            return incarnation;
        }

        boolean up() {
            return host.alive();
        }

        /** Whether it is about to end by itself. */
        boolean stopping() {
            return stopping;
        }
    }

    World(int size, long seed, SimulatedServer.Settings settings, boolean observes) {
        this.network = new Network(timeline, new Noise(seed));
        this.recorder = new Recorder(timeline, observes);
        this.injected = new Injected(recorder);
        this.settings = settings;
        this.members = IntStream.rangeClosed(1, size)
                .mapToObj(i -> new Member("s" + i, "s" + i, 1, 2, 3))
                .toList();
        for (Member member : members) {
            nodes.add(new Node(network.host(member.id()), new Members(member.id(), members)));
        }
        nodes.forEach(this::start);
        look();
    }

    Timeline timeline() {
        return timeline;
    }

    Recorder recorder() {
        return recorder;
    }

    List<Node> nodes() {
        return nodes;
    }

    Node node(String id) {
        for (Node node : nodes) {
            if (node.host.name().equals(id)) {
                return node;
            }
        }
        throw new IllegalArgumentException("no node " + id);
    }

    Iterable<SimulatedClient> clients() {
        return clients.values();
    }

    /** The last has the name of another, in another namespace. */
    static ServiceId service(int number) {
        return number < SERVICES
                ? ServiceId.of("service-" + number)
                : new ServiceId("other", "DEFAULT_GROUP", "service-" + (number - 1));
    }

    private SimulatedClient client(int number) {
        return clients.computeIfAbsent(
                number,
                n -> new SimulatedClient(
                        network,
                        recorder,
                        n,
                        members.stream().map(Member::clientAddress).toList()));
    }

    // ---- steps ----

    void apply(Step step) {
        switch (step.kind()) {
            case CRASH, POWER_OFF, START, STOP, FREEZE, THAW, DRIFT ->
                applyToNode(step, nodes.get(step.argument(0) - 1));
            case CRASH_ALL, START_ALL, CUT, ISOLATE, SPLIT, SLOW, HEAL -> applyToCluster(step);
            case OPEN,
                    REGISTER,
                    DEREGISTER,
                    WATCH,
                    UNWATCH,
                    CLOSE,
                    KILL,
                    SILENCE,
                    FREEZE_CLIENT,
                    THAW_CLIENT,
                    RESET,
                    CUT_CLIENT -> applyToClient(step, client(step.argument(0)));
        }
    }

    private void applyToNode(Step step, Node node) {
        switch (step.kind()) {
            case CRASH -> crash(node);
            case POWER_OFF -> {
                fault(node, node.up(), down(node), "power-off");
                end(node, true);
            }
            case START -> start(node);
            case STOP -> stop(node);
            case FREEZE -> {
                fault(node, node.up() && !node.host.frozen(), frozen(node), "freeze");
                node.host.freeze();
            }
            case THAW -> thaw(node);
            // No fault that excuses anything: what is promised is promised for clocks that are off by this much.
            case DRIFT -> node.host.drift(step.argument(1));
            default -> throw new AssertionError(step);
        }
    }

    private void applyToCluster(Step step) {
        switch (step.kind()) {
            case CRASH_ALL -> nodes.forEach(this::crash);
            case START_ALL -> nodes.forEach(this::start);
            case CUT -> {
                injected.begin(LINKS, "one-way-cut", link(host(step.argument(0)), host(step.argument(1))));
                network.cut(host(step.argument(0)), host(step.argument(1)));
            }
            case ISOLATE -> split("isolate", 1 << (step.argument(0) - 1));
            case SPLIT -> split("partition", step.argument(0));
            case SLOW -> {
                injected.begin(LINKS, "slow", link(host(step.argument(0)), host(step.argument(1))));
                network.slow(host(step.argument(0)), host(step.argument(1)), step.argument(2));
            }
            case HEAL -> healLinks();
            default -> throw new AssertionError(step);
        }
    }

    private void applyToClient(Step step, SimulatedClient client) {
        switch (step.kind()) {
            case OPEN -> client.open();
            case REGISTER -> client.register(service(step.argument(1)), step.argument(2));
            case DEREGISTER -> client.deregister(service(step.argument(1)), step.argument(2));
            case WATCH -> client.watch(service(step.argument(1)));
            case UNWATCH -> client.unwatch(service(step.argument(1)));
            case CLOSE -> client.close();
            case KILL -> client.kill(false);
            case SILENCE -> client.kill(true);
            case FREEZE_CLIENT -> client.freeze();
            case THAW_CLIENT -> client.thaw();
            case RESET -> {
                injected.moment("reset", client.host().name());
                network.reset(client.host());
            }
            case CUT_CLIENT -> {
                injected.begin(LINKS, "cut-client", client.host().name());
                network.cut(client.host(), host(step.argument(1)));
                network.cut(host(step.argument(1)), client.host());
            }
            default -> throw new AssertionError(step);
        }
    }

    private void fault(Node node, boolean effective, String cure, String name) {
        if (effective) {
            injected.begin(cure, name, node.host.name());
        }
    }

    private static String down(Node node) {
        return "start of " + node.host;
    }

    private static String frozen(Node node) {
        return "thaw of " + node.host;
    }

    private static String link(Host from, Host to) {
        return from + ">" + to;
    }

    private Host host(int node) {
        return nodes.get(node - 1).host;
    }

    private void start(Node node) {
        if (!node.up()) {
            network.begin(node.host);
            node.stopping = false;
            node.server = new SimulatedServer(
                    network, node.host, node.members, ++node.incarnation, settings, failure -> broken(node, failure));
            injected.end(down(node));
            look(node);
        }
    }

    private void crash(Node node) {
        fault(node, node.up(), down(node), "crash");
        end(node, false);
    }

    private void thaw(Node node) {
        node.host.thaw();
        injected.end(frozen(node));
    }

    private void healLinks() {
        network.heal();
        injected.end(LINKS);
    }

    private void broken(Node node, Throwable failure) {
        recorder.violated("uncaught in " + node.host + ": " + failure);
        end(node, false);
    }

    private void end(Node node, boolean powerOff) {
        if (node.up()) {
            network.end(node.host, powerOff);
            injected.end(frozen(node));
            look(node);
        }
    }

    private void stop(Node node) {
        if (node.up() && !node.host.frozen() && !node.stopping) {
            node.stopping = true;
            fault(node, true, down(node), "restart");
            node.server.stop(() -> {
                end(node, false);
                if (healed) {
                    start(node);
                }
            });
        }
    }

    private void split(String name, int bits) {
        List<String> links = new ArrayList<>();
        for (Node one : nodes) {
            for (Node other : nodes) {
                boolean apart = (bits >> nodes.indexOf(one) & 1) != (bits >> nodes.indexOf(other) & 1);
                if (apart) {
                    network.cut(one.host, other.host);
                    links.add(link(one.host, other.host));
                }
            }
        }
        injected.begin(LINKS, name, String.join(" ", links));
    }

    /** Ends all faults: everything is connected, up and awake. What a client has given up, it does not take up again. */
    void heal() {
        healed = true;
        healLinks();
        for (Node node : nodes) {
            node.host.drift(0);
            thaw(node);
            start(node);
        }
        clients.values().forEach(SimulatedClient::thaw);
    }

    // ---- what nodes say of themselves ----

    /** Notes what each node is like. */
    void look() {
        nodes.forEach(this::look);
    }

    private void look(Node node) {
        if (recorder.observes()) {
            boolean answers = node.up() && !node.host.frozen();
            recorder.state(new NodeState(
                    timeline.now(),
                    node.host.name(),
                    (int) node.incarnation,
                    node.up(),
                    answers ? Optional.of(node.server.status()) : Optional.empty()));
        }
    }
}
