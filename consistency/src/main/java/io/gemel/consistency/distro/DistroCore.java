package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.FailureDetector;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.Applied;
import io.gemel.consistency.wire.Beat;
import io.gemel.consistency.wire.Changes;
import io.gemel.consistency.wire.Hello;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.consistency.wire.Resync;
import io.gemel.consistency.wire.Welcome;
import io.gemel.naming.Member;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publications;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Distro protocol: a single-threaded state machine. Messages and ticks go in, messages and publications come out.
 *
 * <p>It has no threads, no locks and no clock but the injected one, and iterates in a fixed order, so that a whole cluster
 * of cores can run in simulated time. What a peer sends is believed about that peer's own origin and nothing else (I6).
 */
final class DistroCore {
    private static final Logger log = LoggerFactory.getLogger(DistroCore.class);

    private final Greetings greetings;
    private final Members members;
    private final DistroConfig config;
    private final Ticker ticker;
    private final Standstill standstill;
    private final FailureDetector detector;
    private final OwnOrigin own;
    private final Inheritance inheritance;
    private final PeerLinks links;
    private final Map<String, PeerCursor> cursors = new TreeMap<>();
    private final OriginCopies copies;
    private final Set<String> unknownTo = new TreeSet<>();
    private long majoritySinceNanos;
    private boolean majority;
    private long mismatches;

    DistroCore(
            String cluster,
            Members members,
            DistroConfig config,
            Ticker ticker,
            Publications publications,
            OwnOrigin own,
            PeerLinks links) {
        this.greetings = new Greetings(cluster, members, own.id());
        this.members = members;
        this.config = config;
        this.ticker = ticker;
        this.standstill = new Standstill(members, config, ticker, publications);
        this.detector = new FailureDetector(members, ticker, config.suspectAfter(), config.downAfter());
        this.copies = new OriginCopies(publications, ticker);
        publications.askWhoIsSilent(this::isSilent);
        this.own = own;
        this.inheritance = new Inheritance(members, detector, own.suspects(), config);
        this.links = links;
        this.majoritySinceNanos = ticker.nanos();
    }

    // ---- sending this node's origin ----

    /** The greeting with which a link to {@code peer} begins. */
    OriginMessage hello(String peer) {
        return greetings.hello(peer);
    }

    /** The link to {@code peer} is gone. */
    void linkClosed(String peer) {
        cursors.remove(peer);
        unknownTo.remove(peer);
    }

    /** The link to {@code peer} is gone, because as far as that knows this node is no member. */
    void linkRefused(String peer) {
        cursors.remove(peer);
        detector.refused(peer);
        if (unknownTo.add(peer)) {
            log.info("this node is no member as far as peer={} knows", peer);
        }
    }

    /** {@code peer} answered on the link on which this node sends. */
    void replied(String peer, OriginReply reply) {
        noticeStop();
        detector.heard(peer);
        switch (reply.getReplyCase()) {
            case WELCOME -> {
                unknownTo.remove(peer);
                Welcome welcome = reply.getWelcome();
                boolean goesOn = welcome.getIncarnation() == own.id().incarnation()
                        && welcome.getApplied() > 0
                        && welcome.getApplied() <= own.log().sequence();
                if (!goesOn) {
                    standstill.droppedElsewhere();
                }
                cursors.put(peer, goesOn ? PeerCursor.at(welcome.getApplied()) : PeerCursor.snapshotOf(own.log()));
            }
            case RESYNC -> {
                log.warn(
                        "origin resync peer={} reason={}",
                        peer,
                        reply.getResync().getReason());
                cursors.put(peer, PeerCursor.snapshotOf(own.log()));
            }
            case APPLIED -> {
                PeerCursor cursor = cursors.get(peer);
                if (cursor != null) {
                    cursor.applied(reply.getApplied().getSequence());
                }
            }
            case REPLY_NOT_SET -> {
                // a sign of life, as every message
            }
        }
        flush();
    }

    /** Sends each peer what it lacks, as far as its link takes it. */
    void flush() {
        cursors.forEach((peer, cursor) -> {
            boolean due = cursor.behind(own.log()) && !(settling() && cursor.inSnapshot());
            if (due && !cursor.underWay() && links.ready(peer)) {
                Changes changes = cursor.next(own.log(), config.batchEntriesMax());
                links.send(peer, OriginMessage.newBuilder().setChanges(changes).build());
            }
        });
    }

    /** Sends every linked peer a sign of life with the digest of this node's origin. */
    void beat() {
        OriginMessage beat = OriginMessage.newBuilder()
                .setBeat(Beat.newBuilder()
                        .setSequence(own.log().sequence())
                        .setDigest(own.log().digest()))
                .build();
        cursors.forEach((peer, cursor) -> {
            if (!cursor.behind(own.log()) && links.ready(peer)) {
                links.send(peer, beat);
            }
        });
    }

    // ---- receiving a peer's origin ----

    /** A peer begins to send its origin; it may, or a {@link RegistryException} says why not. */
    OriginReply greeted(Hello hello) {
        String node = hello.getNode();
        greetings.check(hello);
        OriginCopy copy = copies.begun(new OriginId(node, hello.getIncarnation()));
        detector.heard(node);
        return OriginReply.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setNode(own.id().node())
                        .setIncarnation(copy.id().incarnation())
                        .setApplied(copy.applied()))
                .build();
    }

    /** A message of {@code peer} after its greeting; the reply, if it needs one. */
    Optional<OriginReply> received(String peer, OriginMessage message) {
        greetings.checkPeer(peer);
        detector.heard(peer);
        OriginCopy copy = copies.present(peer);
        if (copy == null) {
            throw new RegistryException(
                    RegistryException.Code.UNKNOWN_SESSION,
                    "the origin of " + peer + " was dropped while it was silent");
        }
        copy.heard(ticker.nanos());
        return switch (message.getMessageCase()) {
            case CHANGES -> applied(copy, message.getChanges());
            case BEAT -> compared(copy, message.getBeat());
            case HELLO, MESSAGE_NOT_SET -> throw OriginEntries.unreadable("unexpected " + message.getMessageCase());
        };
    }

    private Optional<OriginReply> applied(OriginCopy copy, Changes changes) {
        if (changes.getSnapshotBegin()) {
            copy.beginSnapshot();
        } else if (changes.getPrevious() != copy.applied()) {
            return copy.askedToResync()
                    ? Optional.empty()
                    : resync(copy, "has " + copy.applied() + ", was sent what follows " + changes.getPrevious());
        }
        copy.apply(changes.getChangeList(), changes.getLast());
        if (changes.getSnapshotEnd()) {
            copy.endSnapshot();
            log.info("origin synced origin={} sequence={} entries={}", copy.id(), copy.applied(), copy.entries());
        }
        if (!copy.inSnapshot() && OriginLog.isAll(changes, config.batchEntriesMax())) {
            copy.confirmed();
        }
        return Optional.of(OriginReply.newBuilder()
                .setApplied(Applied.newBuilder().setSequence(copy.applied()))
                .build());
    }

    private Optional<OriginReply> compared(OriginCopy copy, Beat beat) {
        boolean comparable = copy.state() == OriginCopy.State.LIVE && !copy.inSnapshot() && !copy.askedToResync();
        if (comparable && beat.getSequence() == copy.applied() && beat.getDigest() != copy.digest()) {
            mismatches++;
            log.warn(
                    "origin digest differs origin={} sequence={} mismatches={}", copy.id(), copy.applied(), mismatches);
            return resync(copy, "digest differs at " + copy.applied());
        }
        if (comparable && beat.getSequence() == copy.applied()) {
            copy.confirmed();
        }
        return Optional.of(OriginReply.newBuilder()
                .setApplied(Applied.newBuilder().setSequence(copy.applied()))
                .build());
    }

    private static Optional<OriginReply> resync(OriginCopy copy, String reason) {
        copy.resyncAsked();
        return Optional.of(OriginReply.newBuilder()
                .setResync(Resync.newBuilder().setReason(reason))
                .build());
    }

    // ---- time ----

    /** Finds the dead, and drops what they left when its time is over. */
    void tick() {
        noticeStop();
        detector.follow();
        long now = ticker.nanos();
        own.eraseClosed(config.recordRetention());
        boolean nowMajority = detector.seesMajority();
        if (nowMajority != majority) {
            majority = nowMajority;
            majoritySinceNanos = now;
            log.info("majority seen={} voters={}", majority, members.voters().size());
        }
        own.suspects().allow(majority && !settling());
        own.suspects().tick(config.recordRetention());
        copies.present()
                .filter(copy -> copy.state() != OriginCopy.State.ORPHANED)
                .filter(copy -> detector.state(copy.id().node()) == FailureDetector.State.DOWN)
                .forEach(copy -> orphan(copy, now));
        if (majority) {
            copies.all().forEach(copy -> inheritance.settle(copy, now, majoritySinceNanos));
            copies.drop(copy -> overdue(copy, now));
        }
    }

    private void orphan(OriginCopy copy, long now) {
        boolean member = members.peer(copy.id().node()).isPresent();
        log.warn("peer {} origin={} entries={}", member ? "down" : "removed", copy.id(), copy.entries());
        copy.orphan(now);
    }

    /** While a node is stopped it hears nobody, which says nothing of the others: that time does not count. */
    private void noticeStop() {
        Duration stopped = standstill.notice();
        if (!stopped.isZero()) {
            detector.stoodStill(stopped);
            copies.stoodStill(stopped);
        }
    }

    /** Whether this node was stopped just now, and does not yet know which of its clients live. */
    boolean settling() {
        return standstill.settling();
    }

    private boolean overdue(OriginCopy copy, long now) {
        return copy.state() == OriginCopy.State.ORPHANED
                && now - copy.graceEnds(config) >= 0
                && now - majoritySinceNanos >= config.grace().toNanos();
    }

    /** Whether this node sees a majority; if not, it is the one cut off and expires nothing. */
    boolean seesMajority() {
        return majority;
    }

    /** The peers whose origin this node neither has whole nor knows to be down; empty once warmed up. */
    List<String> awaited() {
        return members.peers().stream()
                .map(Member::id)
                .filter(id -> detector.state(id) != FailureDetector.State.DOWN)
                .filter(id -> !isLive(copies.present(id)))
                .toList();
    }

    /** The peers that answer, and are therefore not down, but have sent nothing for so long that they would be: what they had is shown as it was. */
    List<String> frozen() {
        return copies.present()
                .filter(copy -> copy.state() != OriginCopy.State.ORPHANED && isSilentFor(copy, config.downAfter()))
                .map(copy -> copy.id().node())
                .toList();
    }

    /** Whether {@code origin} may have gone on without this node hearing of it; one whose node has been started again has not. */
    private boolean isSilent(OriginId origin) {
        OriginCopy copy = copies.present(origin.node());
        if (copy == null || !copy.id().equals(origin)) {
            return false;
        }
        return !copy.current()
                || isSilentFor(copy, config.suspectAfter())
                || detector.state(origin.node()) != FailureDetector.State.ALIVE;
    }

    private boolean isSilentFor(OriginCopy copy, Duration time) {
        return copy.silent(ticker.nanos()).compareTo(time) >= 0;
    }

    private static boolean isLive(@Nullable OriginCopy copy) {
        return copy != null && copy.state() == OriginCopy.State.LIVE;
    }

    /** The peers that do not take this node's origin, because they do not know it as a member. */
    List<String> unknownTo() {
        return List.copyOf(unknownTo);
    }

    /** What this node thinks of each member. */
    List<NodeStatus.Member> memberStatus() {
        return members.all().stream()
                .map(member -> new NodeStatus.Member(
                        member.id(),
                        member.clientAddress(),
                        member.id().equals(own.id().node())
                                ? "self"
                                : detector.state(member.id()).name().toLowerCase(Locale.ROOT),
                        members.votes(member.id()) ? "voter" : "learner"))
                .toList();
    }

    /** Every origin this node holds, its own first. */
    List<NodeStatus.Origin> originStatus() {
        List<NodeStatus.Origin> origins = new ArrayList<>();
        origins.add(new NodeStatus.Origin(
                own.id().node(),
                own.id().incarnation(),
                own.log().sequence(),
                HexFormat.of().toHexDigits(own.log().digest()),
                own.log().entries(),
                "own"));
        copies.all().forEach(copy -> origins.add(status(copy)));
        return origins;
    }

    private NodeStatus.Origin status(OriginCopy copy) {
        boolean suspect = isLive(copy)
                && (isSilentFor(copy, config.suspectAfter())
                        || detector.state(copy.id().node()) == FailureDetector.State.SUSPECT);
        return new NodeStatus.Origin(
                copy.id().node(),
                copy.id().incarnation(),
                copy.applied(),
                HexFormat.of().toHexDigits(copy.digest()),
                copy.entries(),
                suspect ? "suspect" : copy.state().name().toLowerCase(Locale.ROOT));
    }
}
