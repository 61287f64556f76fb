package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.LamportClock;
import io.gemel.naming.Loop;
import io.gemel.naming.LossGuard;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publications;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Readiness;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The AP side: ephemeral writes, applied here at once and copied to the peers.
 *
 * <p>Binds the {@link DistroCore} to the naming loop and to gRPC. Thread-safe.
 */
public final class DistroConsistency implements ConsistencyService, AutoCloseable {
    private static final String PART = "distro";
    private static final Duration TICK = Duration.ofMillis(100);

    /** While nobody is to be missed, and nothing is held for a time: what a peer left is, and a tick as late as this looks like a stop, which does not count. */
    private static final Duration ALONE = Duration.ofMillis(500);

    private final Loop loop;
    private final Members members;
    private final Readiness readiness;
    private final OwnOrigin own;
    private final DistroCore core;
    private final GrpcLinks links;
    private final DistroEndpoint endpoint;
    private final Duration beatInterval;
    private final Ticker ticker;
    private final long answersAtNanos;
    private volatile Status status = new Status(List.of(), List.of(), 0);
    private boolean ready;
    private boolean flushDue;

    /**
     * What Distro knows of the members and origins.
     *
     * @param suspects how many instances this node holds as suspect
     */
    public record Status(List<NodeStatus.Member> members, List<NodeStatus.Origin> origins, int suspects) {
        public Status {
            members = List.copyOf(members);
            origins = List.copyOf(origins);
        }
    }

    /**
     * What every part of the AP side shares.
     *
     * @param cluster the name that peers must give too
     * @param incarnation higher at each start of this node
     * @param restarted whether this node has run before: then it had clients, which are on their way back
     */
    public record Node(
            String cluster, long incarnation, boolean restarted, Members members, DistroConfig config, Ticker ticker) {}

    /** Parts of the domain that Distro writes to. */
    public record Domain(
            Loop loop,
            ServiceIndex index,
            Publications publications,
            LamportClock clock,
            Readiness readiness,
            LossGuard guard) {}

    /**
     * Silent until {@link #start}.
     *
     * @param channels to the server port of the peer with an id; none if it is no peer any more
     */
    public DistroConsistency(Node node, Domain domain, Function<String, Optional<ManagedChannel>> channels) {
        this.loop = domain.loop();
        this.members = node.members();
        this.readiness = domain.readiness();
        OriginId id = new OriginId(node.members().self().id(), node.incarnation());
        OriginLog log = new OriginLog(node.config().removalsMax());
        this.own = new OwnOrigin(
                id,
                log,
                domain,
                node.ticker(),
                () -> members.all().size(),
                node.config().instancesPerSessionMax());
        this.links = new GrpcLinks(members, channels, loop);
        this.core = new DistroCore(
                node.cluster(), members, node.config(), node.ticker(), domain.publications(), own, links);
        this.endpoint = new DistroEndpoint(core, loop);
        this.beatInterval = node.config().beatInterval();
        this.ticker = node.ticker();
        this.answersAtNanos = ticker.nanos()
                + (node.restarted() ? node.config().resumeWindow().toNanos() : 0);
    }

    /** Links to the peers, and watches them from now on. */
    public void start() {
        links.start(core);
        loop.every(beatInterval, core::beat);
        loop.execute(this::tick);
        loop.paced(TICK, () -> {
            tick();
            return ready && isAlone() && own.suspects().size() == 0 ? ALONE : TICK;
        });
    }

    private boolean isAlone() {
        return members.peers().isEmpty() && status.origins().size() == 1;
    }

    /** The door through which peers send their origins; belongs on the server port. */
    public BindableService endpoint() {
        return endpoint;
    }

    @Override
    public CompletableFuture<Written> write(Change change) {
        CompletableFuture<Written> written = new CompletableFuture<>();
        try {
            if (loop.inLoop()) {
                apply(change, written);
            } else {
                loop.execute(() -> apply(change, written));
            }
        } catch (RegistryException refusal) {
            written.completeExceptionally(refusal);
        }
        return written;
    }

    private void apply(Change change, CompletableFuture<Written> written) {
        try {
            own.apply(change);
            long sequence = own.log().sequence();
            loop.afterTurn(() -> written.complete(new Written(sequence)));
            if (!flushDue) {
                flushDue = true;
                loop.afterTurn(this::flush);
            }
        } catch (RegistryException refusal) {
            written.completeExceptionally(refusal);
        }
    }

    private void flush() {
        flushDue = false;
        core.flush();
    }

    /** Of ephemeral instances a node's own knowledge is all there is. */
    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        return CompletableFuture.completedFuture(null);
    }

    private void tick() {
        core.tick();
        core.flush();
        status = new Status(
                core.memberStatus(), core.originStatus(), own.suspects().size());
        if (!members.present()) {
            ready = false;
            readiness.block(PART, "this node is not a member of the cluster");
            return;
        }
        if (core.settling()) {
            ready = false;
            readiness.block(PART, "was stopped for a while, and looks which of its clients live");
            return;
        }
        if (!ready) {
            Optional<String> waitsFor = waitsFor();
            waitsFor.ifPresent(reason -> readiness.block(PART, reason));
            ready = waitsFor.isEmpty();
        }
        if (ready) {
            restriction().ifPresentOrElse(reason -> readiness.restrict(PART, reason), () -> readiness.clear(PART));
        }
    }

    /** Why this node does not answer yet. Which members there are it knows for certain only once the other parts are through. */
    private Optional<String> waitsFor() {
        List<String> awaited = core.awaited();
        if (!core.unknownTo().isEmpty() && !awaited.isEmpty()) {
            return Optional.of("waits to be known as a member to " + String.join(", ", core.unknownTo()));
        }
        if (!awaited.isEmpty()) {
            return Optional.of("waits for the ephemeral instances of " + String.join(", ", awaited));
        }
        if (readiness.blockedBesides(PART)) {
            return Optional.of("waits for the newest list of the members");
        }
        // What those had registered here nobody sends to this node, though its peers list it until they are back.
        return ticker.nanos() - answersAtNanos < 0
                ? Optional.of("waits for the clients that it had before its restart")
                : Optional.empty();
    }

    private Optional<String> restriction() {
        if (!core.seesMajority()) {
            return Optional.of(minority());
        }
        List<String> frozen = core.frozen();
        return frozen.isEmpty()
                ? Optional.empty()
                : Optional.of("nothing arrives of the ephemeral instances of " + String.join(", ", frozen)
                        + ", though the way there works; they are frozen");
    }

    private String minority() {
        String minority = "sees no majority of " + members.voters().size()
                + " members; ephemeral instances of the others are frozen";
        return core.unknownTo().isEmpty()
                ? minority
                : minority + "; " + String.join(", ", core.unknownTo()) + " say that it is no member";
    }

    /** Members and origins as of the last tick. Any thread. */
    public Status status() {
        return status;
    }

    @Override
    public void close() {
        links.close();
    }
}
