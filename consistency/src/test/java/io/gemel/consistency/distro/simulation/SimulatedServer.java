package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.distro.DistroConfig;
import io.gemel.consistency.distro.DistroConsistency;
import io.gemel.naming.LamportClock;
import io.gemel.naming.LossGuard;
import io.gemel.naming.Member;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.transport.grpc.DoorServer;
import io.gemel.transport.grpc.RegistryDoor;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One life of one server: what a node is made of but for Raft, on a host of its own.
 *
 * <p>It is put together as the server is, and ends with its host's life.
 */
final class SimulatedServer {
    private static final Wire.KeepAlive DOOR = new Wire.KeepAlive(
            DoorServer.asksAfter(DoorServer.KEEPALIVE),
            DoorServer.KEEPALIVE.minus(DoorServer.asksAfter(DoorServer.KEEPALIVE)));
    private static final Wire.KeepAlive PEERS = new Wire.KeepAlive(PeerChannels.KEEP_ALIVE, PeerChannels.KEEP_ALIVE);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final Duration FOLLOW = Duration.ofMillis(500);

    /** There is none: that all nodes agree about it leaves the rest of what they say to be judged. */
    private static final NodeStatus.Raft NO_RAFT = new NodeStatus.Raft("stopped", "none", 0, 0, 0, "");

    private static final int SESSIONS_MAX = 1_000;
    private static final int WATCHES_MAX = 1_000;
    private static final long NAMING_LOOP = 301;
    private static final long PUSH_LOOP = 302;
    private static final long SECRETS = 303;

    private final Network network;
    private final Host host;
    private final SimulatedLoop namingLoop;
    private final ServiceIndex index;
    private final DistroConsistency distro;
    private final Readiness readiness = new Readiness("distro");
    private final Naming naming;
    private final Sessions sessions;
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private final Members members;
    private List<String> told;

    /**
     * What all servers of a cluster share.
     *
     * @param resumeWindow how long a session outlives its connection
     * @param guard when what is lost together stays as suspect
     */
    record Settings(DistroConfig distro, Duration resumeWindow, LossGuard.Config guard) {}

    /**
     * Starts with nothing in memory, on a host that has just begun to live.
     *
     * @param incarnation higher at each start
     * @param broken told of what a task threw
     */
    SimulatedServer(
            Network network,
            Host host,
            Members members,
            long incarnation,
            Settings settings,
            Consumer<Throwable> broken) {
        this.network = network;
        this.host = host;
        this.members = members;
        this.told = clientAddresses();
        this.namingLoop = new SimulatedLoop(host, network.timeline(), network.noise(), NAMING_LOOP, broken);
        SimulatedLoop pushLoop = new SimulatedLoop(host, network.timeline(), network.noise(), PUSH_LOOP, broken);
        Subscriptions subscriptions = new Subscriptions(pushLoop);
        this.index = new ServiceIndex(namingLoop, subscriptions::published);
        LamportClock clock = new LamportClock();
        Publications publications = new Publications(namingLoop, index, clock);
        this.distro = new DistroConsistency(
                new DistroConsistency.Node("sim", incarnation, incarnation > 1, members, settings.distro(), host),
                new DistroConsistency.Domain(
                        namingLoop,
                        index,
                        publications,
                        clock,
                        readiness,
                        new LossGuard(index, host, settings.guard())),
                peer -> members.peer(peer).map(found -> channels.computeIfAbsent(peer, this::channel)));
        this.sessions = new Sessions(
                namingLoop,
                host,
                new Random(network.noise().bits(SECRETS, host.number(), incarnation)),
                new Sessions.Config(settings.resumeWindow(), SESSIONS_MAX),
                clock,
                publications,
                distro);
        this.naming = new Naming(distro, index, subscriptions, sessions, readiness);
        RegistryDoor door = new RegistryDoor(
                naming,
                namingLoop,
                this::status,
                this::clientAddresses,
                host.name(),
                settings.resumeWindow(),
                WATCHES_MAX);
        network.serve(host, new Services(List.of(distro.endpoint(), door), DOOR));
        distro.start();
        namingLoop.every(FOLLOW, () -> followMembers(door));
    }

    private SimulatedChannel channel(String peer) {
        return new SimulatedChannel(network, host, network.host(peer), PEERS, PeerChannels.CONNECT_TIMEOUT);
    }

    /** Tells clients of new members, and leaves those that are none any more. */
    private void followMembers(RegistryDoor door) {
        List<String> now = clientAddresses();
        if (!now.equals(told)) {
            told = now;
            door.membersChanged();
            channels.entrySet().removeIf(channel -> {
                boolean left = members.peer(channel.getKey()).isEmpty();
                if (left) {
                    channel.getValue().shutdownNow();
                }
                return left;
            });
        }
    }

    private List<String> clientAddresses() {
        return members.all().stream().map(Member::clientAddress).toList();
    }

    /** What it says of itself. */
    NodeStatus status() {
        DistroConsistency.Status ephemeral = distro.status();
        return new NodeStatus(
                host.name(),
                "sim",
                "",
                readiness.ready(),
                readiness.reason(),
                ephemeral.members(),
                NO_RAFT,
                ephemeral.origins(),
                0,
                0,
                0,
                NodeStatus.Guard.NONE);
    }

    String name() {
        return host.name();
    }

    Host host() {
        return host;
    }

    Naming naming() {
        return naming;
    }

    ServiceIndex index() {
        return index;
    }

    DistroConsistency.Status distroStatus() {
        return distro.status();
    }

    boolean ready() {
        return readiness.ready();
    }

    String reason() {
        return readiness.reason();
    }

    /** Asks its clients to move, and takes on no others. */
    void drain() {
        sessions.drain();
    }

    /** Asks its clients to move, and runs {@code then} when it has closed everything. */
    void stop(Runnable then) {
        sessions.drain();
        host.after(DRAIN.toNanos(), () -> {
            distro.close();
            network.closePort(host);
            namingLoop.execute(then);
        });
    }
}
