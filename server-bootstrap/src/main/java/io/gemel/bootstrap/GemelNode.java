package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.Version;
import io.gemel.consistency.RoutedConsistency;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.distro.DistroConfig;
import io.gemel.consistency.distro.DistroConsistency;
import io.gemel.consistency.raft.RaftConfig;
import io.gemel.consistency.raft.RaftConsistency;
import io.gemel.naming.LamportClock;
import io.gemel.naming.Member;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.ThreadLoop;
import io.gemel.naming.Ticker;
import io.gemel.transport.grpc.DoorServer;
import io.gemel.transport.grpc.RegistryDoor;
import io.grpc.BindableService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A node: its parts, made in the order in which they need each other. The one place where they are put together.
 *
 * <p>Two loops own what changes: {@code gemel-naming} the registry's state, {@code gemel-push} what is on its way to
 * watchers. Everything else runs on the network's threads and on Raft's.
 */
final class GemelNode {
    private static final int NAMING_TASKS_MAX = 65_536;
    private static final int PUSH_TASKS_MAX = 65_536;
    private static final int RAFT_IN_FLIGHT_MAX = 4_096;

    /** Time for clients to take their sessions elsewhere when this node stops; they need a round trip to another server. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final ServerConfig config;
    private final Closing closing = new Closing();
    private final Readiness readiness = new Readiness("distro", "raft");
    private final ThreadLoop namingLoop;
    private final ServiceIndex index;
    private final DistroConsistency distro;
    private final RaftConsistency raft;
    private final Naming naming;
    private final RegistryDoor door;
    private final LiveMembers liveMembers;
    private final HealthReport health;

    /**
     * Makes the parts; nothing is opened yet, but the loops run.
     *
     * @param fatal told of what leaves this node unable to go on; must end the process
     */
    GemelNode(ServerConfig config, NodeIdentity identity, Consumer<Throwable> fatal) {
        this.config = config;
        Members members = config.members();
        Ticker ticker = System::nanoTime;

        ThreadLoop pushLoop = closing.add("push loop", new ThreadLoop("gemel-push", PUSH_TASKS_MAX, ticker, fatal));
        namingLoop = closing.add("naming loop", new ThreadLoop("gemel-naming", NAMING_TASKS_MAX, ticker, fatal));
        Subscriptions subscriptions = new Subscriptions(pushLoop);
        index = new ServiceIndex(namingLoop, subscriptions::published);
        LamportClock clock = new LamportClock();
        Publications publications = new Publications(namingLoop, index, clock);

        PeerChannels channels = closing.add("channels to peers", new PeerChannels(members));
        distro = new DistroConsistency(
                new DistroConsistency.Node(
                        config.clusterName(), identity.incarnation(), members, distroConfig(config), ticker),
                new DistroConsistency.Domain(namingLoop, index, publications, clock, readiness),
                channels::find);
        raft = new RaftConsistency(
                raftConfig(config),
                members,
                channels,
                new RaftConsistency.Local(namingLoop, index, readiness, ticker, fatal));
        RoutedConsistency consistency = new RoutedConsistency(distro, raft);

        Sessions sessions = new Sessions(
                namingLoop,
                ticker,
                new SecureRandom(),
                new Sessions.Config(config.resumeWindow(), config.maxSessions()),
                clock,
                publications,
                consistency);
        naming = new Naming(consistency, index, subscriptions, sessions, readiness);
        liveMembers = new LiveMembers(members, () -> distro.status().members());
        door = new RegistryDoor(
                naming, this::status, liveMembers::addresses, members.self().id(), config.resumeWindow());
        health = new HealthReport(readiness);
    }

    /**
     * Opens the ports and the log, and joins the cluster. Does not wait until the node is ready.
     *
     * @throws IllegalStateException if a port or the log cannot be opened; what was opened before is closed again
     */
    void start() {
        boolean opened = false;
        try {
            open();
            opened = true;
        } finally {
            if (!opened) {
                closing.close();
            }
        }
    }

    private void open() {
        Member self = config.self();
        List<BindableService> forPeers = new ArrayList<>(raft.services());
        forPeers.add(distro.endpoint());
        closing.add("server port", DoorServer.start("server", config.bind(), self.serverPort(), forPeers));
        closing.add("raft", raft);
        raft.start();
        closing.add("distro", distro);
        distro.start();
        List<BindableService> forClients = List.of(door, health.service(), ProtoReflectionServiceV1.newInstance());
        DoorServer clientPort = DoorServer.start("client", config.bind(), self.clientPort(), forClients);
        closing.add("client port", () -> clientPort.stop(DRAIN));
        closing.add("sessions", () -> {
            health.stopping();
            naming.sessions().drain();
        });
        liveMembers.follow(namingLoop, door::membersChanged);
        health.follow(namingLoop);
    }

    /** Runs {@code task} once this node answers queries. */
    void whenReady(Runnable task) {
        readiness.whenReady(task);
    }

    /** Asks clients to move, then closes all parts, the last one opened first. */
    void stop() {
        closing.close();
    }

    private NodeStatus status() {
        DistroConsistency.Status ephemeral = distro.status();
        return new NodeStatus(
                config.self().id(),
                config.clusterName(),
                Version.text(),
                readiness.ready(),
                readiness.reason(),
                ephemeral.members(),
                raft.status(),
                ephemeral.origins(),
                index.services(),
                index.instances(),
                naming.sessions().size());
    }

    private static DistroConfig distroConfig(ServerConfig config) {
        DistroConfig usual = DistroConfig.DEFAULT;
        return new DistroConfig(
                config.digestInterval(),
                config.peerDownAfter().dividedBy(2),
                config.peerDownAfter(),
                config.peerGrace(),
                config.resumeWindow(),
                usual.removalsMax(),
                usual.batchEntriesMax());
    }

    private static RaftConfig raftConfig(ServerConfig config) {
        return new RaftConfig(
                config.dataDir(),
                config.clusterName(),
                config.bind(),
                config.electionTimeout(),
                config.requestTimeout(),
                RAFT_IN_FLIGHT_MAX,
                config.snapshotInterval(),
                false,
                List.of());
    }
}
