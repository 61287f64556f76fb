package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Member;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A cluster, its clients and the network between them, and all that can be done to them. */
final class World {
    private static final String LINKS = "heal";
    private static final long JOIN_WITHIN = Duration.ofSeconds(1).toNanos();
    private static final long JOIN_PURPOSE = 511;
    private static final long STOP_PURPOSE = 521;

    /** The last has the name of another, in another namespace. */
    private static final List<ServiceId> ALL_SERVICES = List.of(
            ServiceId.of("service-1"),
            ServiceId.of("service-2"),
            new ServiceId("other", ServiceId.DEFAULT_GROUP, "service-2"));

    static final int SERVICES = ALL_SERVICES.size();

    private final Timeline timeline = new Timeline();
    private final Network network;
    private final Recorder recorder;
    private final SimulatedServer.Settings settings;
    private final List<Member> initial;
    private final List<Node> nodes = new ArrayList<>();
    private final Agreement agreement;
    private final Map<Integer, SimulatedClient> clients = new TreeMap<>();
    private final Injected injected;
    private boolean healed;

    /** @param joins who will become a member at some time: until then they are missed, as it were */
    World(int size, long seed, SimulatedServer.Settings settings, boolean observes, Set<Integer> joins) {
        this.network = new Network(timeline, new Noise(seed));
        this.recorder = new Recorder(timeline, observes);
        this.injected = new Injected(recorder);
        this.settings = settings;
        this.initial = IntStream.rangeClosed(1, size).mapToObj(World::member).toList();
        this.agreement = new Agreement(network, nodes, initial, this::told);
        for (int number = 1; number <= size; number++) {
            nodes.add(new Node(number, network.host("s" + number), new Members("s" + number, initial)));
        }
        joins.forEach(number -> injected.begin(outside("s" + number), "join", "s" + number));
        nodes.forEach(this::start);
        look();
    }

    private static Member member(int number) {
        return new Member("s" + number, "s" + number, 1, 2, 3);
    }

    Timeline timeline() {
        return timeline;
    }

    Recorder recorder() {
        return recorder;
    }

    /** All there are, members or not. */
    List<Node> nodes() {
        return nodes;
    }

    /** Those that are members, whoever knows it. */
    List<Node> members() {
        return agreement.all().stream()
                .map(member -> node(member.id()).orElseThrow())
                .toList();
    }

    /** Whether nobody is on the way into the cluster or out of it, and all know who is in it. */
    boolean agreed() {
        return agreement.settled();
    }

    Optional<Node> node(String id) {
        for (Node node : nodes) {
            if (node.id().equals(id)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /** Those that are members or ask to be. */
    List<Node> notRemoved() {
        return nodes.stream().filter(node -> !agreement.removed(node)).toList();
    }

    /** Whether {@code node} knows of {@code member}, and that runs and would hear whoever runs at the machine of the first, and be heard. */
    boolean undisturbed(Node node, Node member) {
        return member.awake()
                && !member.stopping()
                && node.members().peer(member.id()).isPresent()
                && !network.disturbed(node.host(), member.host())
                && !network.disturbed(member.host(), node.host());
    }

    private Optional<Node> node(int number) {
        return node("s" + number);
    }

    Iterable<SimulatedClient> clients() {
        return clients.values();
    }

    /** Whether the client that wrote {@code incarnation} into an instance lives and is connected. */
    boolean lives(String incarnation) {
        return clients.values().stream().anyMatch(client -> client.lives(incarnation));
    }

    /** From 1 up. */
    static ServiceId service(int number) {
        return ALL_SERVICES.get(number - 1);
    }

    private SimulatedClient client(int number) {
        return clients.computeIfAbsent(
                number,
                n -> new SimulatedClient(
                        network,
                        recorder,
                        n,
                        initial.stream().map(Member::clientAddress).toList()));
    }

    // ---- steps ----

    void apply(Step step) {
        switch (step.kind()) {
            case CRASH, POWER_OFF, START, STOP, FREEZE, THAW, DRIFT, REMOVE ->
                node(step.argument(0)).ifPresent(node -> applyToNode(step, node));
            case JOIN -> join(step.argument(0));
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
                fault(node, node.up() && !node.host().frozen(), frozen(node), "freeze");
                node.host().freeze();
            }
            case THAW -> thaw(node);
            // No fault that excuses anything: what is promised is promised for clocks that are off by this much.
            case DRIFT -> node.host().drift(step.argument(1));
            case REMOVE -> remove(node);
            default -> throw new AssertionError(step);
        }
    }

    private void applyToCluster(Step step) {
        switch (step.kind()) {
            case CRASH_ALL -> nodes.forEach(this::crash);
            case START_ALL -> notRemoved().forEach(this::start);
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
            injected.begin(cure, name, node.id());
        }
    }

    private static String down(Node node) {
        return "start of " + node;
    }

    private static String outside(String id) {
        return "join of " + id;
    }

    private static String frozen(Node node) {
        return "thaw of " + node;
    }

    private static String link(Host from, Host to) {
        return from + ">" + to;
    }

    /** Also of one that is yet to come: what is done to its links then meets nobody. */
    private Host host(int node) {
        return network.host("s" + node);
    }

    private void start(Node node) {
        if (!node.up()) {
            node.start(network, settings, failure -> broken(node, failure));
            injected.end(down(node));
            look(node);
        }
    }

    private void crash(Node node) {
        fault(node, node.up(), down(node), "crash");
        end(node, false);
    }

    private void thaw(Node node) {
        node.host().thaw();
        injected.end(frozen(node));
    }

    private void healLinks() {
        network.heal();
        injected.end(LINKS);
    }

    private void broken(Node node, Throwable failure) {
        recorder.violated("uncaught in " + node + ": " + failure);
        end(node, false);
    }

    private void end(Node node, boolean powerOff) {
        if (node.up()) {
            network.end(node.host(), powerOff);
            injected.end(frozen(node));
            look(node);
        }
    }

    private void stop(Node node) {
        if (node.awake() && !node.stopping()) {
            fault(node, !agreement.removed(node), down(node), "restart");
            node.stop(() -> {
                end(node, false);
                if (healed && !agreement.removed(node)) {
                    start(node);
                }
            });
        }
    }

    // ---- members ----

    /** Starts a node that was never there, and asks for it to be taken in; which of both comes first, chance decides. */
    private void join(int number) {
        if (node(number).isPresent()) {
            return;
        }
        Member joining = member(number);
        List<Member> expected = new ArrayList<>(agreement.all());
        expected.add(joining);
        Members known = new Members(joining.id(), expected);
        known.become(expected, Set.of(joining.id()));
        Node node = new Node(number, network.host(joining.id()), known);
        nodes.add(node);
        timeline.at(timeline.now() + joinDelay(number, 0), () -> start(node));
        timeline.at(timeline.now() + joinDelay(number, 1), () -> agreement.join(node));
    }

    private long joinDelay(int number, int of) {
        return network.noise().below(JOIN_WITHIN, JOIN_PURPOSE + of, number, timeline.now());
    }

    /** Removes a node, unless that is refused; clients know one of the first servers at least for as long as they live. */
    private void remove(Node node) {
        boolean lastKnown = initial.stream()
                .filter(agreement.all()::contains)
                .allMatch(member -> member.id().equals(node.id()));
        if (!lastKnown && agreement.remove(node)) {
            injected.begin("removal of " + node.host(), "remove", node.id());
        }
    }

    /** What a node does when it knows a new list: one that leaves asks its clients to, and may be stopped then. */
    private void told(Node node) {
        if (agreement.leaves(node)) {
            node.leaves();
        }
        if (agreement.removed(node) && network.noise().below(2, STOP_PURPOSE, node.number(), 0) == 0) {
            stop(node);
        }
        look(node);
    }

    private void split(String name, int bits) {
        List<String> links = new ArrayList<>();
        for (Node one : nodes) {
            for (Node other : nodes) {
                boolean apart = (bits >> (one.number() - 1) & 1) != (bits >> (other.number() - 1) & 1);
                if (apart) {
                    network.cut(one.host(), other.host());
                    links.add(link(one.host(), other.host()));
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
            node.host().drift(0);
            thaw(node);
        }
        notRemoved().forEach(this::start);
        clients.values().forEach(SimulatedClient::thaw);
    }

    // ---- what nodes say of themselves ----

    /** Notes what each node is like. */
    void look() {
        notRemoved().forEach(this::look);
    }

    /** Takes note of who is a member and at work by now, and was missed before. */
    void lookForNewMembers() {
        if (agreement.settled()) {
            members().stream()
                    .filter(node -> node.awake() && node.server().ready())
                    .forEach(node -> injected.end(outside(node.id())));
        }
    }

    private void look(Node node) {
        if (recorder.observes() && !agreement.removed(node)) {
            recorder.state(new NodeState(
                    recorder.moment(),
                    node.id(),
                    (int) node.incarnation(),
                    node.up(),
                    node.awake() ? Optional.of(node.server().status()) : Optional.empty()));
        }
    }
}
