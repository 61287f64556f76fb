package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.JRaftUtils;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.RaftServiceFactory;
import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import com.alipay.sofa.jraft.util.ThreadPoolUtil;
import com.alipay.sofa.jraft.util.Utils;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Member;
import io.gemel.naming.Readiness;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** This node's part in the JRaft group: the Raft port, the log on disk, and JRaft's threads between them. */
final class RaftGroup implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(200);
    private static final int WORKERS_MAX = 8;
    private static final int WAITING_MAX = 1024;
    private final RaftPeers peers;
    private final PeerId self;
    private final ExecutorService workers;
    private final ExecutorService own;
    private final AtomicBoolean settling = new AtomicBoolean();
    private final FixedThreadsExecutorGroup senders;
    private final RaftLinks links;
    private final RaftPortServer port;
    private final RaftFiles files;
    private final Admission admission;
    private final DiskGuard disk;
    private final Snapshots snapshots;
    private final Node node;

    private RaftGroup(RaftPeers peers, Threads threads, Ways ways, Kept kept, Snapshots snapshots, Node node) {
        this.peers = peers;
        this.self = RaftPeers.peerId(peers.self());
        this.workers = threads.workers();
        this.own = pool("raft-own-" + peers.self(), 1);
        this.senders = threads.senders();
        this.links = ways.links();
        this.port = ways.port();
        this.files = kept.files();
        this.admission = kept.admission();
        this.disk = kept.disk();
        this.snapshots = snapshots;
        this.node = node;
    }

    /** What serves peers, and what sends to them. */
    private record Threads(ExecutorService workers, FixedThreadsExecutorGroup senders) {}

    /** When one is taken, and what goes before it. */
    private record Snapshots(SnapshotTrigger trigger, Runnable before) {}

    /** The ways to peers, and theirs to this node. */
    private record Ways(RaftLinks links, RaftPortServer port) {}

    /** What is in the data directory. */
    private record Kept(RaftFiles files, Admission admission, DiskGuard disk) {}

    /**
     * Opens the log and joins the group; {@code machine} is called from here on.
     *
     * @param beforeSnapshot what can be done of a snapshot while entries are applied
     * @throws IllegalStateException naming the port or path that is wrong, and what to do
     */
    static RaftGroup start(
            RaftConfig config, Members members, StateMachine machine, Runnable beforeSnapshot, Ticker ticker) {
        RaftPeers peers = new RaftPeers(
                config.cluster(),
                members.self().id(),
                id -> members.find(id)
                        .map(member -> InetSocketAddress.createUnresolved(member.host(), member.raftPort())));
        RaftFiles files = files(config, members, ticker);
        Admission admission = admission(config, members, files);
        DiskGuard disk = new DiskGuard(config.dataDir(), config.storage().freeBytesMin(), ticker);
        ElectionGate gate = new ElectionGate(admission, disk);
        ExecutorService workers = pool("raft-port-" + peers.self() + "-", WORKERS_MAX);
        FixedThreadsExecutorGroup senders = DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
                2, "raft-send-" + peers.self(), Utils.MAX_APPEND_ENTRIES_TASKS_PER_THREAD, true);
        InetSocketAddress bind =
                new InetSocketAddress(config.bindHost(), members.self().raftPort());
        RaftLinks links = new RaftLinks(peers, CONNECT_TIMEOUT, ticker);
        RaftPortServer port = new RaftPortServer(peers, gate, bind, workers, links::connect);
        try {
            PeerNodeOptions options = options(config, machine, new PeerNodeOptions(links, gate));
            options.setInitialConf(admission.founds() ? everyone(members) : new Configuration());
            options.setAppendEntriesExecutors(senders);
            options.setServiceFactory(files);
            bind(port, bind);
            Node node = join(config, members, options);
            return new RaftGroup(
                    peers,
                    new Threads(workers, senders),
                    new Ways(links, port),
                    new Kept(files, admission, disk),
                    new Snapshots(
                            new SnapshotTrigger(
                                    config.storage().snapshotLogBytes(),
                                    config.storage().snapshotInterval(),
                                    ticker),
                            beforeSnapshot),
                    node);
        } catch (IllegalStateException e) {
            port.close();
            links.close();
            workers.shutdown();
            senders.shutdownGracefully();
            throw e;
        }
    }

    private static ExecutorService pool(String name, int threads) {
        return ThreadPoolUtil.newBuilder()
                .poolName(name)
                .enableMetric(false)
                .coreThreads(threads)
                .maximumThreads(threads)
                .keepAliveSeconds(60L)
                .workQueue(new LinkedBlockingQueue<>(WAITING_MAX))
                .threadFactory(JRaftUtils.createThreadFactory(name))
                .build();
    }

    private static RaftFiles files(RaftConfig config, Members members, Ticker ticker) {
        try {
            return RaftFiles.open(config.dataDir(), config.storage().copiedBytesPerSecond(), ticker);
        } catch (IOException e) {
            throw new IllegalStateException(
                    e.getMessage() + "; " + cure(config, members).of(e), e);
        }
    }

    private static Admission admission(RaftConfig config, Members members, RaftFiles files) {
        Supplier<Set<String>> voters = () -> members.voters().stream()
                .map(Member::id)
                .filter(id -> !id.equals(members.self().id()))
                .collect(Collectors.toSet());
        try {
            return Admission.open(config.dataDir(), voters, files.blank(), config.joins());
        } catch (IOException e) {
            throw new IllegalStateException(
                    e.getMessage() + "; " + cure(config, members).of(e), e);
        }
    }

    private static Cure cure(RaftConfig config, Members members) {
        return new Cure(config.dataDir(), members.peers().isEmpty());
    }

    private static void bind(RaftPortServer port, InetSocketAddress address) {
        try {
            port.start();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "raft port " + address.getHostString() + ":" + address.getPort()
                            + " cannot be bound; stop what listens there or choose another raft-port",
                    e);
        }
    }

    private static Node join(RaftConfig config, Members members, PeerNodeOptions options) {
        PeerId self = RaftPeers.peerId(members.self().id());
        NodeManager.getInstance().addAddress(self.getEndpoint());
        try {
            return RaftServiceFactory.createAndInitRaftNode(groupId(config.cluster()), self, options);
        } catch (IllegalStateException e) {
            NodeManager.getInstance().removeAddress(self.getEndpoint());
            throw new IllegalStateException(
                    "the raft log in " + config.dataDir()
                            + "/raft cannot be opened: it is in use, damaged, or ends before"
                            + " what was written (see the log above). Nothing was changed; "
                            + cure(config, members).of(e),
                    e);
        }
    }

    Node node() {
        return node;
    }

    /** JRaft's configuration. */
    RaftMembers members() {
        return new RaftMembers(node);
    }

    Admission admission() {
        return admission;
    }

    RaftFiles files() {
        return files;
    }

    DiskGuard disk() {
        return disk;
    }

    /** Watches who leads from now on, to be ticked. */
    EarlyElection earlyElection(Leadership leadership, Supplier<List<String>> candidates, Ticker ticker) {
        RaftCandidate candidate = new RaftCandidate(
                peers,
                new RaftCandidate.Contact(links, port, CONNECT_TIMEOUT.multipliedBy(2), own),
                new RaftCandidate.Kept(files, new ElectionGate(admission, disk), disk),
                node);
        EarlyElection election = new EarlyElection(peers.self(), leadership, candidates, candidate, ticker);
        links.watch(election);
        return election;
    }

    /** Whether {@code peer} is connected to. */
    boolean reaches(String peer) {
        return links.ready(peer);
    }

    /** The state machine has applied all up to {@code index}. */
    void applied(long index) {
        files.log().ifPresent(log -> log.applied(index));
    }

    /** Runs {@code task}, which may wait for JRaft's locks and for the disk, on a thread that serves no peer. Rejected once this closes. */
    void execute(Runnable task) {
        own.execute(task);
    }

    /**
     * Moves the log's mark, takes a snapshot, and looks after the disk, as far as that is due; the disk is waited for elsewhere. To be
     * called now and then, by one thread.
     */
    void settle(Readiness readiness) {
        if (disk.due()) {
            look(readiness);
        }
        files.log()
                .filter(log -> snapshots.trigger().due(log.appendedBytes(), files.snapshotIndex()))
                .ifPresent(log -> snapshot());
        files.log()
                .filter(log -> log.unsettled() && settling.compareAndSet(false, true))
                .ifPresent(this::settle);
    }

    /** A leader that may not write hands over, once, to one that perhaps may. */
    private void look(Readiness readiness) {
        try {
            own.execute(() -> {
                if (disk.look(readiness)) {
                    Status unused = node.transferLeadershipTo(PeerId.ANY_PEER); // refused if it does not lead
                }
            });
        } catch (RejectedExecutionException busy) { // or closing: then nothing is written any more
            disk.notLooked();
        }
    }

    private void snapshot() {
        try {
            own.execute(() -> {
                snapshots.before().run();
                node.snapshot(status -> snapshots.trigger().ended());
            });
        } catch (RejectedExecutionException closing) {
            snapshots.trigger().ended();
        }
    }

    private void settle(GuardedLog log) {
        try {
            own.execute(() -> {
                log.settle();
                settling.set(false);
            });
        } catch (RejectedExecutionException closing) {
            settling.set(false); // the log's own shutdown settles it
        }
    }

    /** Takes no part any more, but leaves the files open. */
    void withdraw() {
        node.shutdown();
    }

    /** Ends what peers have opened, and lets them open no more. */
    void closePort() {
        port.close();
    }

    /** Ends all connections, as the system does when a process ends. */
    void disconnect() {
        closePort();
        links.close();
    }

    /** Disconnects first, so that no peer is answered by a node that is half gone, and all see at once that it is. */
    @Override
    public void close() {
        disconnect();
        node.shutdown();
        try {
            node.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        NodeManager.getInstance().removeAddress(self.getEndpoint());
        own.shutdown();
        workers.shutdown();
        senders.shutdownGracefully();
    }

    @Override
    public String toString() {
        return "raft group of " + peers.cluster() + " at " + self;
    }

    private static Configuration everyone(Members members) {
        Configuration everyone = new Configuration();
        members.all().stream().map(Member::id).map(RaftPeers::peerId).forEach(everyone::addPeer);
        return everyone;
    }

    private static PeerNodeOptions options(RaftConfig config, StateMachine machine, PeerNodeOptions options) {
        LogOptions.register();
        options.setFsm(machine);
        Path raft = config.dataDir().resolve("raft");
        options.setLogUri(directory(raft.resolve("log")));
        options.setRaftMetaUri(directory(raft)); // not used: the vote is in RaftFiles, but JRaft wants a name
        options.setSnapshotUri(directory(raft.resolve("snapshot")));
        options.setElectionTimeoutMs(
                (int) FirstElection.timeout(config.electionTimeout()).toMillis());
        options.setSnapshotIntervalSecs(0); // SnapshotTrigger sees to that
        options.setRpcConnectTimeoutMs((int) CONNECT_TIMEOUT.toMillis());
        options.setRpcDefaultTimeout((int) config.requestTimeout().toMillis());
        options.setRpcProcessorThreadPoolSize(2 * WORKERS_MAX);
        options.setDisableCli(true);
        options.setSharedTimerPool(true);
        options.setSharedElectionTimer(true);
        options.setSharedVoteTimer(true);
        options.setSharedStepDownTimer(true);
        options.setSharedSnapshotTimer(true);
        options.setTimerPoolSize(2);
        options.setRaftOptions(raftOptions(config));
        return options;
    }

    private static RaftOptions raftOptions(RaftConfig config) {
        RaftOptions options = new RaftOptions();
        options.setSync(true);
        options.setSyncMeta(true);
        options.setEnableLogEntryChecksum(true);
        options.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
        options.setMaxElectionDelayMs(
                (int) config.electionTimeout().dividedBy(2).toMillis());
        options.setApplyBatch(128);
        options.setDisruptorBufferSize(4_096); // in flight is bounded at this by default; each slot costs memory
        options.setOpenStatistics(false);
        return options;
    }

    /** JRaft allows letters, digits, dash and underscore in a group's name, a letter first. */
    private static String groupId(String cluster) {
        return "gemel-" + cluster.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String directory(Path path) {
        try {
            return Files.createDirectories(path).toString();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "directory " + path + " cannot be created; check data-dir and its permissions", e);
        }
    }
}
