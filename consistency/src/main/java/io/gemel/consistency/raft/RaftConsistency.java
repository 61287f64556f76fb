package io.gemel.consistency.raft;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.naming.Backups;
import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Loop;
import io.gemel.naming.Membership;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Readiness;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.grpc.BindableService;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Persistent instances, linearizable, by Raft.
 *
 * <p>A write becomes one log entry. The leader proposes it; any other node forwards it there and answers once it has
 * applied that entry itself. Acknowledged therefore means: on a majority of disks, applied, and visible to reads of the
 * node that was asked. What failed before it was proposed is tried again until the time is over; what failed later is
 * reported as {@code UNKNOWN_OUTCOME}, never as failed.
 *
 * <p>Every request under way is a {@link Call}, one of the {@link CallsUnderWay}.
 */
public final class RaftConsistency implements ConsistencyService, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftConsistency.class);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration AT_REST = Duration.ofMillis(100);

    /** A node that is alone has no leader to miss, and without writes no log to shorten. */
    private static final Duration ALONE_AT_REST = Duration.ofMillis(500);

    private static final Duration HAND_OVER = Duration.ofMillis(500);

    private final RaftConfig config;
    private final Members members;
    private final Local local;
    private final RaftForwarding forwarding;
    private final Leadership leadership;
    private final CommitNews commitNews;
    private final Published published = new Published();
    private long seenAtRest; // the naming loop's
    private final CatchUp catchUp;
    private final CallsUnderWay underWay;
    private final Writes writes;
    private final ReadRounds rounds;
    private final LinearizableReads reads;
    private final AgreedMembers agreed;
    private final ConfigurationDriver driver;
    private final RaftMembership membership;
    private final Cure cure;
    private final RaftFailure failure;
    private final FirstElection firstElection;
    private volatile @Nullable RaftState state;
    private volatile @Nullable RaftGroup group;
    private volatile @Nullable EarlyElection early;
    private volatile @Nullable RaftBackups backups;
    private volatile boolean closed;

    /**
     * The parts of this node that Raft works with.
     *
     * @param naming the loop that alone writes {@code index}
     * @param readiness its part {@code raft} is cleared once this node has caught up
     * @param fatal told, on one of JRaft's threads, of what leaves this node unable to apply the log; it must stop the process
     */
    public record Local(
            Loop naming, ServiceIndex index, Readiness readiness, Ticker ticker, Consumer<Throwable> fatal) {}

    /** Not started yet; opens nothing. */
    public RaftConsistency(RaftConfig config, Members members, PeerChannels channels, Local local) {
        this.config = config;
        this.members = members;
        this.local = local;
        this.forwarding = new RaftForwarding(config.cluster(), members, channels, local.ticker());
        this.leadership = new Leadership(members.self().id());
        this.underWay = new CallsUnderWay(config, local.ticker());
        Proposals proposals =
                new Proposals(leadership, local.ticker(), () -> running().node());
        this.commitNews = new CommitNews(proposals::underWay);
        this.writes = new Writes(
                leadership,
                forwarding,
                proposals,
                underWay,
                published,
                () -> running().disk().refusal(),
                local.ticker());
        this.rounds = new ReadRounds(
                local.naming(),
                local.ticker(),
                leadership,
                () -> running().node(),
                () -> requireNonNull(state).store().applied().index());
        this.reads = new LinearizableReads(leadership, forwarding, rounds, underWay, published, local.ticker());
        this.agreed = new AgreedMembers(members, config.addressesSet());
        this.driver = new ConfigurationDriver(
                local.ticker(), leadership, agreed, members.self().id(), members.all(), this::proposeHere);
        this.membership = new RaftMembership(
                members,
                new RaftMembership.Parts(
                        agreed, leadership, underWay, published, this::open, this::proposeHere, forwarding::reaches),
                new MembershipCalls(config.cluster(), members, channels),
                driver);
        this.cure = new Cure(config.dataDir(), members.peers().isEmpty());
        this.failure = new RaftFailure(
                local, cure, () -> Optional.ofNullable(group).ifPresent(left -> left.execute(left::withdraw)));
        this.firstElection = new FirstElection(leadership, config.electionTimeout());
        this.catchUp =
                new CatchUp(local, members, agreed, new StandingCalls(config.cluster(), members, agreed, channels));
    }

    /**
     * Opens the log and the state, fills the index, and joins the group.
     *
     * @throws IllegalStateException naming the port or path that is wrong, and what to do
     */
    public void start() {
        RaftState opened;
        try {
            NativeLibrary.load(config.dataDir());
            opened = RaftState.open(
                    config.dataDir().resolve("state"),
                    new RaftState.Shown(local.naming(), local.index(), published, agreed));
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage() + "; " + cure.ofState(e), e);
        }
        state = opened;
        try {
            RegistryStateMachine machine = new RegistryStateMachine(opened, leadership, failure, this::applied);
            RaftGroup joined = RaftGroup.start(
                    config, members, machine, () -> opened.store().flush(), local.ticker());
            group = joined;
            early = joined.earlyElection(leadership, agreed::candidates, local.ticker());
            catchUp.joined(joined);
        } catch (IllegalStateException e) {
            opened.close();
            throw e;
        }
        local.naming().paced(TICK, () -> !closed && tick() ? TICK : atRest());
    }

    /** Serves what other members ask of this one's Raft side, as to take the writes they forward and to confirm what their reads wait for; to be put on the server port. */
    public List<BindableService> services() {
        return List.of(
                forwarding.service(this::proposeForwarded, this::confirmHere),
                membership.service(),
                catchUp.service(membership));
    }

    /** Changes who the members are. Thread-safe. */
    public Membership membership() {
        return membership;
    }

    /** Saves and restores what is persistent; ends with this. To be called once, after {@link #start}. */
    public Backups backups(InstantSource clock) {
        RaftBackups made = new RaftBackups(
                config,
                new RaftBackups.Registry(
                        members.self().id(),
                        () -> requireNonNull(state).store(),
                        this::readable,
                        this::proposeAnywhere),
                clock);
        backups = made;
        return made;
    }

    private CompletableFuture<Decided> proposeAnywhere(ByteString command) {
        try {
            Call<Decided> call = admit(RegistryException.Code.NO_LEADER, "no leader to take the write");
            writes.attempt(call, command);
            return call.future();
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    @Override
    public CompletableFuture<Written> write(Change change) {
        try {
            refuseConflict(change);
            return proposeAnywhere(Commands.encode(change)).thenApply(Decided::written);
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        if (!level.linearizable() && level.minRevision() <= published.index()) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            Call<Long> call = level.linearizable()
                    ? admit(RegistryException.Code.NO_LEADER, "no leader confirmed what the newest write is")
                    : admit(
                            RegistryException.Code.NOT_READY,
                            "this node has not reached revision " + level.minRevision() + " (it is at "
                                    + published.index() + ")");
            CompletableFuture<Void> readable = call.future().thenAccept(index -> {});
            Runnable done = () -> call.complete(published.index());
            Runnable reach = () -> published.whenReached(level.minRevision(), call, done);
            if (level.linearizable()) {
                reads.attempt(call, index -> reach.run());
            } else {
                reach.run();
            }
            return readable;
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** The Raft side of this node's status. Any thread. */
    public NodeStatus.Raft status() {
        RaftGroup running = group;
        RaftState present = state;
        Leadership.Known known = leadership.known();
        if (running == null || present == null || closed) {
            return new NodeStatus.Raft("stopped", "", known.term(), 0, 0, "");
        }
        StateStore.Applied applied = present.store().applied();
        return new NodeStatus.Raft(
                RaftRole.of(running.node().getNodeState(), known, members),
                known.leader(),
                known.term(),
                running.files().log().map(GuardedLog::stored).orElse(0L),
                applied.index(),
                Long.toHexString(applied.hash()));
    }

    /**
     * Leaves the group and closes the files, after it has asked another member to lead if this one does. What is under way ends with
     * what is known of it.
     */
    @Override
    public void close() {
        handOver();
        closed = true;
        Optional.ofNullable(backups).ifPresent(RaftBackups::close);
        RaftGroup running = group;
        if (running != null) {
            running.close();
        }
        Optional.ofNullable(state).ifPresent(RaftState::close);
        underWay.giveUp();
    }

    /** Nobody then waits for an election, not even a short one; if it fails, they do. */
    private void handOver() {
        RaftGroup running = group;
        Optional<String> to = running == null || !leadership.ours()
                ? Optional.empty()
                : agreed.candidates().stream().filter(running::reaches).findFirst();
        if (to.isEmpty()) {
            return;
        }
        try {
            String successor = membership.transferLeadership(to).get(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("handed the lead over before stopping successor={}", successor);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("stops without having handed the lead over successor={} cause={}", to.get(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void refuseConflict(Change change) {
        if (!(change instanceof Change.Register register)) {
            return;
        }
        ServiceView present = local.index().view(register.service());
        for (Instance instance : register.instances()) {
            boolean taken = present.find(instance.key())
                    .filter(there -> there.instance().durability() == Durability.EPHEMERAL)
                    .isPresent();
            if (taken) {
                throw new RegistryException(
                        RegistryException.Code.DURABILITY_CONFLICT,
                        instance.key() + " of " + register.service() + " is registered as ephemeral");
            }
        }
    }

    private <T> Call<T> admit(RegistryException.Code codeIfLate, String reasonIfLate) {
        RaftGroup unused = open();
        return underWay.admit(codeIfLate, reasonIfLate);
    }

    private RaftGroup open() {
        RaftGroup running = group;
        if (closed || running == null) {
            throw new RegistryException(RegistryException.Code.SHUTTING_DOWN, "this server is not running");
        }
        return running;
    }

    private CompletableFuture<Decided> proposeForwarded(ByteString command) {
        try {
            Commands.check(command);
            open().disk().require();
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
        return proposeHere(command);
    }

    private CompletableFuture<Decided> proposeHere(ByteString command) {
        try {
            Call<Decided> call = admit(RegistryException.Code.NO_LEADER, "the leader did not take the write in time");
            writes.attemptHere(call, command);
            return call.future();
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    private CompletableFuture<Confirmed> confirmHere() {
        try {
            Call<Confirmed> call = admit(RegistryException.Code.NO_LEADER, "no majority confirmed in time");
            rounds.add(call);
            return call.future();
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    /** Whether anything is under way. */
    private boolean tick() {
        failure.tick();
        underWay.tick(leadership.leader().isEmpty());
        writes.tick();
        reads.tick();
        published.prune();
        forwarding.prune();
        RaftGroup running = running();
        running.settle(local.readiness());
        firstElection.tick(running);
        driver.tick(running.members(), running::execute);
        boolean electing = Optional.ofNullable(early).map(EarlyElection::tick).orElse(false);
        catchUp.announce(membership);
        if (catchUp.due(leadership.leader().isPresent())) {
            Call<Long> call = underWay.track(RegistryException.Code.NOT_READY, "not caught up");
            var unused = call.future().whenComplete((index, failure) -> catchUp.answered(Optional.ofNullable(index)));
            reads.attempt(call, call::complete);
        }
        return electing || underWay.any() || leadership.leader().isEmpty();
    }

    private Duration atRest() {
        long before = seenAtRest;
        seenAtRest = published.index();
        return members.peers().isEmpty() && seenAtRest == before ? ALONE_AT_REST : AT_REST;
    }

    private void applied(long index) {
        RaftGroup running = group;
        if (running == null) {
            return;
        }
        running.applied(index);
        if (!members.peers().isEmpty()) {
            commitNews.applied(running.node(), index);
        }
    }

    /** The open group; throws {@link IllegalStateException} if there is none. */
    RaftGroup running() {
        RaftGroup running = group;
        if (running == null) {
            throw new IllegalStateException("start() has not been called, or failed");
        }
        return running;
    }
}
