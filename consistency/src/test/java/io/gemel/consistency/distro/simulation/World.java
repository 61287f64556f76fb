package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.cluster.Member;
import io.gemel.consistency.cluster.Members;
import io.gemel.naming.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A cluster, its clients and the network between them, and all that can be done to them. */
final class World {
    static final int SERVICES = 3;

    private final Timeline timeline = new Timeline();
    private final Network network;
    private final Recorder recorder;
    private final SimulatedServer.Settings settings;
    private final List<Member> members;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Integer, SimulatedClient> clients = new TreeMap<>();
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
        this.settings = settings;
        this.members = IntStream.rangeClosed(1, size)
                .mapToObj(i -> new Member("s" + i, "s" + i, 1, 2, 3))
                .toList();
        for (Member member : members) {
            nodes.add(new Node(network.host(member.id()), new Members(member.id(), members)));
        }
        nodes.forEach(this::start);
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

    static ServiceId service(int number) {
        return ServiceId.of("service-" + number);
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
        fault(step);
        switch (step.kind()) {
            case CRASH -> end(node, false);
            case POWER_OFF -> end(node, true);
            case START -> start(node);
            case STOP -> stop(node);
            case FREEZE -> node.host.freeze();
            case THAW -> node.host.thaw();
            case DRIFT -> node.host.drift(step.argument(1));
            default -> throw new AssertionError(step);
        }
    }

    private void applyToCluster(Step step) {
        fault(step);
        switch (step.kind()) {
            case CRASH_ALL -> nodes.forEach(node -> end(node, false));
            case START_ALL -> nodes.forEach(this::start);
            case CUT -> network.cut(host(step.argument(0)), host(step.argument(1)));
            case ISOLATE -> split(1 << (step.argument(0) - 1));
            case SPLIT -> split(step.argument(0));
            case SLOW -> network.slow(host(step.argument(0)), host(step.argument(1)), step.argument(2));
            case HEAL -> network.heal();
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
            case RESET -> network.reset(client.host());
            case CUT_CLIENT -> {
                fault(step);
                network.cut(client.host(), host(step.argument(1)));
                network.cut(host(step.argument(1)), client.host());
            }
            default -> throw new AssertionError(step);
        }
    }

    private void fault(Step step) {
        recorder.fault(
                step.kind() == Step.Kind.HEAL ? Observation.Stage.OK : Observation.Stage.INVOKE,
                step.kind().name().toLowerCase(Locale.ROOT),
                step.arguments().toString());
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
        }
    }

    private void broken(Node node, Throwable failure) {
        recorder.violated("uncaught in " + node.host + ": " + failure);
        end(node, false);
    }

    private void end(Node node, boolean powerOff) {
        if (node.up()) {
            network.end(node.host, powerOff);
        }
    }

    private void stop(Node node) {
        if (node.up() && !node.host.frozen() && !node.stopping) {
            node.stopping = true;
            node.server.stop(() -> {
                end(node, false);
                if (healed) {
                    start(node);
                }
            });
        }
    }

    private void split(int bits) {
        for (Node one : nodes) {
            for (Node other : nodes) {
                boolean apart = (bits >> nodes.indexOf(one) & 1) != (bits >> nodes.indexOf(other) & 1);
                if (apart) {
                    network.cut(one.host, other.host);
                }
            }
        }
    }

    /** Ends all faults: everything is connected, up and awake. What a client has given up, it does not take up again. */
    void heal() {
        healed = true;
        network.heal();
        for (Node node : nodes) {
            node.host.drift(0);
            node.host.thaw();
            start(node);
        }
        clients.values().forEach(SimulatedClient::thaw);
    }
}
