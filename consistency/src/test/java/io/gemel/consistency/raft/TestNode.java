package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Member;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Readiness;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ThreadLoop;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node with nothing but its Raft side, as the composition root would build it. */
final class TestNode implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 10;
    private static final RaftConfig.Storage SELDOM = RaftConfig.Storage.USUAL.withInterval(Duration.ofHours(1));
    private static final Set<RegistryException.Code> LEADERLESS =
            Set.of(RegistryException.Code.NO_LEADER, RegistryException.Code.UNKNOWN_OUTCOME);

    private final Members members;
    private final RaftConfig config;
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final Queue<ServiceView> pushed = new ConcurrentLinkedQueue<>();
    private @Nullable Running running;

    private record Running(
            ThreadLoop loop,
            ServiceIndex index,
            Readiness readiness,
            PeerChannels channels,
            Server server,
            RaftConsistency raft) {}

    TestNode(Members members, Path dataDir) {
        this(members, dataDir, Duration.ofHours(1));
    }

    TestNode(Members members, Path dataDir, Duration snapshotInterval) {
        this(members, dataDir, RaftConfig.Storage.USUAL.withInterval(snapshotInterval), false, List.of());
    }

    TestNode(Members members, Path dataDir, RaftConfig.Storage storage) {
        this(members, dataDir, storage, false, List.of());
    }

    private TestNode(
            Members members, Path dataDir, RaftConfig.Storage storage, boolean joins, List<Member> addressesSet) {
        this.members = members;
        this.config = new RaftConfig(
                dataDir,
                "test",
                "127.0.0.1",
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                4_096,
                storage,
                joins,
                addressesSet);
    }

    /** A node that is to join the cluster of {@code known}. */
    static TestNode joining(Member self, List<Member> known, Path dataDir) {
        List<Member> all = new ArrayList<>(known);
        all.add(self);
        return new TestNode(new Members(self.id(), all), dataDir, SELDOM, true, List.of());
    }

    /** A node that has been in a cluster before: it knows the others from its directory, or by {@code set}. */
    static TestNode returning(Member self, List<Member> set, Path dataDir) {
        return new TestNode(new Members(self.id(), List.of(self)), dataDir, SELDOM, false, set);
    }

    TestNode start() {
        ThreadLoop loop = new ThreadLoop("naming-" + id(), 100_000, System::nanoTime, failures::add);
        ServiceIndex index = new ServiceIndex(loop, pushed::addAll);
        Readiness readiness = new Readiness("raft");
        PeerChannels channels = new PeerChannels(members);
        RaftConsistency raft = new RaftConsistency(
                config,
                members,
                channels,
                new RaftConsistency.Local(loop, index, readiness, System::nanoTime, failures::add));
        try {
            raft.start();
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), members.self().serverPort()))
                    .directExecutor()
                    .permitKeepAliveTime(1, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addServices(raft.services().stream()
                            .map(BindableService::bindService)
                            .toList())
                    .build()
                    .start();
            running = new Running(loop, index, readiness, channels, server, raft);
        } catch (IOException e) {
            raft.close();
            throw new UncheckedIOException(e);
        } finally {
            if (running == null) {
                channels.close();
                loop.close();
            }
        }
        return this;
    }

    Member self() {
        return members.self();
    }

    /** Who the members are, as the rest of this node sees it. */
    List<String> memberIds() {
        return members.all().stream().map(Member::id).toList();
    }

    String id() {
        return members.self().id();
    }

    RaftConsistency raft() {
        return running().raft;
    }

    boolean ready() {
        return running().readiness.ready();
    }

    String reason() {
        return running().readiness.reason();
    }

    boolean up() {
        return running != null;
    }

    boolean leads() {
        return up() && raft().status().role().equals("leader");
    }

    /** Registers, again and again while a leader is missing or lost: on a busy machine that may happen to any test. */
    long register(ServiceId service, Instance... instances) throws Exception {
        Change change = new Change.Register(service, List.of(instances), Publisher.NONE);
        for (int attempt = 1; ; attempt++) {
            try {
                return write(change);
            } catch (ExecutionException e) {
                if (attempt == ATTEMPTS_MAX
                        || !(e.getCause() instanceof RegistryException refusal)
                        || !LEADERLESS.contains(refusal.code())) {
                    throw e;
                }
            }
        }
    }

    /** Writes once; fails as the write does. */
    long write(Change change) throws Exception {
        return raft().write(change).get(10, TimeUnit.SECONDS).revision();
    }

    List<Instance> local(ServiceId service) {
        return running().index.view(service).instances();
    }

    List<Instance> read(ServiceId service, ReadLevel level) throws Exception {
        raft().readable(level).get(10, TimeUnit.SECONDS);
        return local(service);
    }

    /** Other members reach this one's Raft port alone from now on. */
    void closeServerPort() {
        running().server.shutdownNow();
    }

    /** As if its process had ended: the system ends all connections, and refuses new ones. */
    void die() {
        raft().running().disconnect();
    }

    /** The others cannot connect to its Raft port any more; what it has opened itself stays. */
    void closeRaftPort() {
        raft().running().closePort();
    }

    /** How long this node waits for a silent leader now. */
    Duration electionTimeout() {
        return Duration.ofMillis(raft().running().node().getOptions().getElectionTimeoutMs());
    }

    Duration electionTimeoutConfigured() {
        return config.electionTimeout();
    }

    /** From now on a silent leader is waited for so long. */
    void electionTimeout(Duration timeout) {
        raft().running().node().resetElectionTimeoutMs((int) timeout.toMillis());
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException(id() + " is down");
        }
        return running;
    }

    @Override
    public void close() {
        if (running != null) {
            Running was = running;
            running = null;
            was.server.shutdownNow();
            was.raft.close();
            was.channels.close();
            was.loop.close();
        }
    }
}
