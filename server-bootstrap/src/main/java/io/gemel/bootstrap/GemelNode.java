package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.Version;
import io.gemel.consistency.CheckedSettings;
import io.gemel.consistency.RoutedConsistency;
import io.gemel.consistency.cluster.Live;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.distro.DistroConfig;
import io.gemel.consistency.distro.DistroConsistency;
import io.gemel.consistency.health.HealthChecks;
import io.gemel.consistency.lease.RoutedLeases;
import io.gemel.consistency.raft.RaftConfig;
import io.gemel.consistency.raft.RaftConsistency;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.LamportClock;
import io.gemel.naming.Leases;
import io.gemel.naming.LossGuard;
import io.gemel.naming.Member;
import io.gemel.naming.Membership;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.ThreadLoop;
import io.gemel.naming.Ticker;
import io.gemel.transport.grpc.BackupDoor;
import io.gemel.transport.grpc.ClusterDoor;
import io.gemel.transport.grpc.DoorServer;
import io.gemel.transport.grpc.OperatorDoor;
import io.gemel.transport.grpc.RegistryDoor;
import io.gemel.transport.nacos.ConfigNotice;
import io.gemel.transport.nacos.EmptyServices;
import io.gemel.transport.nacos.NacosDoor;
import io.gemel.transport.nacos.NacosHttpServer;
import io.gemel.typed.TypedCodec;
import io.gemel.typed.TypedSelectors;
import io.grpc.BindableService;
import io.grpc.ServerTransportFilter;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node: its parts, made in the order in which they need each other. The one place where they are put together.
 *
 * <p>Two loops own what changes: {@code gemel-naming} the registry's state, {@code gemel-push} what is on its way to
 * watchers; {@code gemel-checks} and {@code gemel-names} check persistent instances. Everything else runs on the network's threads and on
 * Raft's.
 */
final class GemelNode {
    private static final int NAMING_TASKS_MAX = 65_536;
    private static final int PUSH_TASKS_MAX = 65_536;
    private static final int CHECK_TASKS_MAX = 4_096;
    private static final int NAMES_LOOKED_UP_MAX = 256;
    private static final int RAFT_IN_FLIGHT_MAX = 4_096;
    private static final int LEASES_MAX = 1_000_000;

    /** Time for clients to take their sessions elsewhere when this node stops; they need a round trip to another server. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private static final Duration MEMBERS_CHECK = Duration.ofSeconds(1);
    static final String LEAVING = "leaving";

    private final Logger log = LoggerFactory.getLogger(GemelNode.class); // not static: the level is set by a flag
    private final ServerConfig config;
    private final Closing closing = new Closing();
    private final Readiness readiness = new Readiness("distro", "raft");
    private final ConfigNotice configNotice = new ConfigNotice();
    private final ThreadLoop namingLoop;
    private final ServiceIndex index;
    private final LossGuard guard;
    private final PeerChannels channels;
    private final DistroConsistency distro;
    private final RaftConsistency raft;
    private final HealthChecks checks;
    private final RoutedLeases leases;
    private final TypedCodec codec;
    private final Naming naming;
    private final RegistryDoor door;
    private final Optional<NacosDoor> nacos;
    private final LiveMembers liveMembers;
    private final HealthReport health;
    private boolean leaves; // only the naming loop asks

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
        codec = TypedCodec.installed();
        index = new ServiceIndex(namingLoop, views -> published(subscriptions, views), new TypedSelectors(codec));
        LamportClock clock = new LamportClock();
        Publications publications = new Publications(namingLoop, index, clock);
        guard = new LossGuard(index, ticker, config.guard());

        channels = closing.add("channels to peers", new PeerChannels(members));
        distro = distro(members, identity, clock, publications);
        raft = new RaftConsistency(
                raftConfig(config, identity),
                members,
                channels,
                new RaftConsistency.Local(namingLoop, index, readiness, ticker, fatal));
        ConsistencyService consistency = new CheckedSettings(new RoutedConsistency(distro, raft), codec);
        checks = checks(members, consistency, codec, fatal);

        Sessions sessions = new Sessions(
                namingLoop,
                ticker,
                new SecureRandom(),
                new Sessions.Config(config.resumeWindow(), config.limits().sessions()),
                clock,
                publications,
                consistency);
        Leases kept = new Leases(namingLoop, ticker, new SecureRandom(), LEASES_MAX, clock, publications, consistency);
        leases = new RoutedLeases(config.clusterName(), members, kept, this::live, channels::find, ticker);
        naming = new Naming(consistency, index, subscriptions, sessions, readiness);
        liveMembers = new LiveMembers(members, this::memberStatus);
        door = new RegistryDoor(
                naming,
                namingLoop,
                this::status,
                liveMembers::addresses,
                members.self().id(),
                config.resumeWindow(),
                config.limits().watchesPerSession());
        nacos = nacosDoor(pushLoop, ticker);
        health = new HealthReport(readiness);
    }

    private DistroConsistency distro(
            Members members, NodeIdentity identity, LamportClock clock, Publications publications) {
        return new DistroConsistency(
                new DistroConsistency.Node(
                        config.clusterName(),
                        identity.incarnation(),
                        identity.restarted(),
                        members,
                        distroConfig(config),
                        System::nanoTime),
                new DistroConsistency.Domain(namingLoop, index, publications, clock, readiness, guard),
                channels::find);
    }

    private Optional<NacosDoor> nacosDoor(ThreadLoop push, Ticker ticker) {
        if (config.nacos()) {
            EmptyServices.follow(naming, push, ticker, this::leads, config.emptyServices());
        }
        return config.nacos()
                ? Optional.of(new NacosDoor(naming, push, ticker, InstantSource.system(), configNotice))
                : Optional.empty();
    }

    private boolean leads() {
        return raft.status().role().equals("leader");
    }

    private HealthChecks checks(
            Members members, ConsistencyService consistency, TypedCodec codec, Consumer<Throwable> fatal) {
        Ticker ticker = System::nanoTime;
        ThreadLoop loop = closing.add("checks loop", new ThreadLoop("gemel-checks", CHECK_TASKS_MAX, ticker, fatal));
        ThreadLoop names = closing.add("names loop", new ThreadLoop("gemel-names", NAMES_LOOKED_UP_MAX, ticker, fatal));
        return HealthChecks.over(
                new HealthChecks.Parts(loop, ticker, new SecureRandom(), index, codec, this::live, consistency::write),
                names,
                config.clusterName(),
                members,
                channels);
    }

    private Live live() {
        return Live.of(config.self().id(), distro.status().members());
    }

    /** Watchers are told on another loop; the checks only note what is new to them. */
    private void published(Subscriptions subscriptions, List<ServiceView> views) {
        subscriptions.published(views);
        checks.published(views);
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
        Optional<HttpStart> http = startHttp();
        List<BindableService> forPeers = new ArrayList<>(raft.services());
        forPeers.add(distro.endpoint());
        forPeers.add(checks.service());
        forPeers.add(leases.service());
        closing.add("server port", DoorServer.startForPeers(config.bind(), self.serverPort(), forPeers));
        closing.add("raft", raft);
        raft.start();
        closing.add("distro", distro);
        distro.start();
        closing.add("checks", checks);
        checks.start();
        leases.start(namingLoop);
        List<BindableService> forClients = new ArrayList<>(List.of(
                door,
                new OperatorDoor(naming),
                new ClusterDoor(raft.membership(), this::status),
                new BackupDoor(raft.backups(InstantSource.system())),
                health.service(),
                ProtoReflectionServiceV1.newInstance()));
        nacos.map(NacosDoor::services).ifPresent(forClients::addAll);
        DoorServer clientPort = DoorServer.start(
                "client",
                config.bind(),
                self.clientPort(),
                forClients,
                config.keepAlive(),
                nacos.map(NacosDoor::transports).stream().toArray(ServerTransportFilter[]::new));
        closing.add("client port", () -> clientPort.stop(DRAIN));
        http.ifPresent(start -> closing.add("http port", start.opened()));
        closing.add("sessions", () -> {
            health.stopping();
            drain();
        });
        liveMembers.follow(namingLoop, door::membersChanged);
        namingLoop.every(MEMBERS_CHECK, this::followMembers);
        health.follow(namingLoop);
    }

    /** Opens the HTTP port beside all else, which takes as long; until it has to be open it costs nobody any time. */
    private Optional<HttpStart> startHttp() {
        if (config.httpPort().isEmpty()) {
            return Optional.empty();
        }
        NacosHttpServer.Parts parts = new NacosHttpServer.Parts(
                naming, leases, this::status, codec, System::nanoTime, InstantSource.system(), configNotice);
        HttpStart start = new HttpStart(config.bind(), config.httpPort().getAsInt(), parts);
        return Optional.of(closing.add("start of the http port", start));
    }

    /** Runs {@code task} once this node answers queries. */
    void whenReady(Runnable task) {
        readiness.whenReady(task);
    }

    /** Asks clients to move, then closes all parts, the last one opened first. */
    void stop() {
        closing.close();
    }

    /** Who the members are, and how that changes. */
    Membership membership() {
        return raft.membership();
    }

    /** Leaves those that are members no longer; if this node is one of them, asks its clients to move. */
    private void followMembers() {
        channels.prune();
        if (!leaves && leaving(config.self().id())) {
            leaves = true;
            log.info(
                    "leaves the cluster; asks its clients to move sessions={}",
                    naming.sessions().size());
            drain();
        }
    }

    /** Asks all clients to move to other members. */
    private void drain() {
        door.drain();
        nacos.ifPresent(NacosDoor::drain);
    }

    private boolean leaving(String id) {
        return raft.membership()
                .members()
                .find(id)
                .map(ClusterMembers.Entry::standing)
                .filter(standing -> standing == Standing.LEAVING || standing == Standing.REMOVED)
                .isPresent();
    }

    private List<NodeStatus.Member> memberStatus() {
        return distro.status().members().stream()
                .map(member -> leaving(member.id())
                        ? new NodeStatus.Member(member.id(), member.clientAddress(), member.state(), LEAVING)
                        : member)
                .toList();
    }

    private NodeStatus status() {
        DistroConsistency.Status ephemeral = distro.status();
        return new NodeStatus(
                config.self().id(),
                config.clusterName(),
                Version.text(),
                readiness.ready(),
                readiness.reason(),
                memberStatus(),
                raft.status(),
                ephemeral.origins(),
                index.services(),
                index.instances(),
                naming.sessions().size(),
                new NodeStatus.Guard(ephemeral.suspects(), guard.heldBack(), guard.wouldHaveHeld()));
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
                usual.batchEntriesMax(),
                config.limits().instancesPerSession());
    }

    private static RaftConfig raftConfig(ServerConfig config, NodeIdentity identity) {
        return new RaftConfig(
                config.dataDir(),
                config.clusterName(),
                config.bind(),
                config.electionTimeout(),
                config.requestTimeout(),
                RAFT_IN_FLIGHT_MAX,
                config.storage(),
                identity.joined(),
                identity.addressesSet());
    }
}
