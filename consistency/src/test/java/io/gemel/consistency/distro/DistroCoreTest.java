package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.Changes;
import io.gemel.consistency.wire.OriginChange;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.consistency.wire.Welcome;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Member;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** How one node's origin gets to a peer, message by message, and how a copy that is wrong becomes right again. */
class DistroCoreTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Publisher SESSION = new Publisher("session", 1);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int REMOVALS_MAX = 2;
    private static final int BATCH_MAX = 3;
    private static final DistroConfig CONFIG = new DistroConfig(
            Duration.ofMillis(500),
            Duration.ofMillis(1_500),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            REMOVALS_MAX,
            BATCH_MAX,
            1_000);
    private static final List<Member> MEMBERS =
            List.of(new Member("s1", "s1", 1, 2, 3), new Member("s2", "s2", 1, 2, 3));

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final Node owner = new Node("s1");
    private final Node peer = new Node("s2");

    @Test
    void aPeerThatIsALittleBehindIsSentWhatItLacks() {
        register(0, 20);
        link();
        deliverAll();

        unlink();
        deregister(0, REMOVALS_MAX);
        link();

        assertThat(deliverAll()).hasSize(1).noneMatch(Changes::getSnapshotBegin);
        assertThatThePeerShows(18);
    }

    @Test
    void aPeerFurtherBehindThanRemovalsAreRememberedGetsASnapshot() {
        register(0, 20);
        link();
        deliverAll();
        assertThatThePeerShows(20);

        unlink();
        deregister(0, 15);
        link();

        List<Changes> sent = deliverAll();
        assertThat(sent.get(0).getSnapshotBegin()).isTrue();
        assertThat(sent.get(sent.size() - 1).getSnapshotEnd()).isTrue();
        assertThatThePeerShows(5);
    }

    @Test
    void aSnapshotStartsOverWhenRemovalsAreForgottenWhileItIsSent() {
        register(0, 20);
        link();
        deliverOne();

        deregister(0, 2 * REMOVALS_MAX);

        assertThat(deliverAll()).filteredOn(Changes::getSnapshotBegin).hasSize(1);
        assertThatThePeerShows(16);
    }

    @Test
    void aCopyThatDiffersIsFoundByItsDigestAndHealed() {
        register(0, 1);
        link();
        deliverAll();
        long applied = owner.own.log().sequence();

        receive(removal(applied, applied));
        assertThat(peer.shown()).isEmpty();

        loop.run(owner.core::beat);
        assertThat(deliverAll()).first().matches(Changes::getSnapshotBegin);
        assertThatThePeerShows(1);
    }

    @Test
    void whatDoesNotFollowIsNotAppliedAndASnapshotIsAskedForOnce() {
        register(0, 1);
        link();
        deliverAll();
        long applied = owner.own.log().sequence();

        assertThat(receive(removal(applied - 1, applied)))
                .as("what it has")
                .get()
                .matches(OriginReply::hasResync);
        assertThat(receive(removal(applied + 1, applied + 2)))
                .as("what it cannot have yet")
                .isEmpty();
        assertThatThePeerShows(1);
    }

    @Test
    void anOlderClaimOfAnOwnerThatIsNotHeardOfIsShownAgainOnceItIs() {
        Publisher later = new Publisher("later", 1);
        register(0, 1);
        link();
        deliverAll();
        ticker.advance(CONFIG.suspectAfter());
        loop.run(() -> {
            peer.own.apply(new Change.SessionOpened(later, false));
            peer.own.apply(new Change.Register(ORDERS, List.of(instance(0)), later));
            peer.own.apply(new Change.Deregister(ORDERS, List.of(instance(0).key()), Durability.EPHEMERAL, later));
        });
        assertThat(peer.shown()).isEmpty();

        loop.run(owner.core::beat);
        deliverAll();
        assertThatThePeerShows(1);
    }

    @Test
    void whoAnswersButSendsNothingIsNotDownAndItsInstancesAreFrozen() {
        register(0, 1);
        link();
        deliverAll();
        pass(CONFIG.suspectAfter(), this::theOwnerAnswers);
        assertThat(peer.core.originStatus().get(1).state()).isEqualTo("suspect");

        pass(CONFIG.downAfter().plus(CONFIG.grace()), this::theOwnerAnswers);
        assertThat(peer.shown()).hasSize(1);
        assertThat(peer.core.frozen()).containsExactly("s1");

        link();
        deliverAll();
        assertThat(peer.core.frozen()).isEmpty();
        assertThatThePeerShows(1);
    }

    @Test
    void whatAStoppedNodeHadForClientsIsDoubtedOnceAPeerHasDroppedIt() {
        List<Long> doubted = new ArrayList<>();
        owner.publications.onStop(clients(doubted, () -> false));
        register(0, 1);
        link();
        deliverAll();
        link();
        assertThat(doubted).as("it was not stopped").isEmpty();

        ticker.advance(CONFIG.droppedAfter());
        loop.run(owner.core::tick);
        long stoppedUntil = ticker.nanos();
        link();
        assertThat(doubted).as("its peer has it still").isEmpty();

        loop.run(() -> owner.core.replied(
                "s2",
                OriginReply.newBuilder()
                        .setWelcome(Welcome.newBuilder().setIncarnation(1))
                        .build()));
        assertThat(doubted).containsExactly(stoppedUntil);
    }

    @Test
    void aStoppedNodeWaitsForItsClientsToBeHeardOfButNotForEver() {
        boolean[] undecided = {true};
        owner.publications.onStop(clients(new ArrayList<>(), () -> undecided[0]));
        ticker.advance(CONFIG.droppedAfter());
        pass(CONFIG.resumeWindow().plusSeconds(1), owner.core::tick);
        assertThat(owner.core.settling()).isTrue();
        undecided[0] = false;
        pass(TICK, owner.core::tick);
        assertThat(owner.core.settling()).isFalse();

        undecided[0] = true;
        ticker.advance(CONFIG.droppedAfter());
        pass(Duration.ofSeconds(6), owner.core::tick);
        assertThat(owner.core.settling()).isTrue();
        pass(Duration.ofSeconds(2), owner.core::tick);
        assertThat(owner.core.settling()).isFalse();
    }

    private static Publications.Kept clients(List<Long> doubted, BooleanSupplier undecided) {
        return new Publications.Kept() {
            @Override
            public void droppedElsewhere(long nanos) {
                doubted.add(nanos);
            }

            @Override
            public boolean undecided() {
                return undecided.getAsBoolean();
            }
        };
    }

    private void pass(Duration time, Runnable each) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(TICK)) {
            ticker.advance(TICK);
            loop.run(each);
        }
    }

    private void theOwnerAnswers() {
        peer.core.replied("s1", OriginReply.getDefaultInstance());
        peer.core.tick();
    }

    // ---- what the owner does ----

    private void register(int first, int count) {
        loop.run(() -> {
            for (int number = first; number < first + count; number++) {
                owner.own.apply(new Change.Register(ORDERS, List.of(instance(number)), SESSION));
            }
            owner.core.flush();
        });
    }

    private void deregister(int first, int count) {
        loop.run(() -> {
            for (int number = first; number < first + count; number++) {
                owner.own.apply(
                        new Change.Deregister(ORDERS, List.of(instance(number).key()), Durability.EPHEMERAL, SESSION));
            }
            owner.core.flush();
        });
    }

    private static Instance instance(int number) {
        return Instance.ephemeral("10.0.0." + (number + 1), 8080);
    }

    private static OriginMessage removal(long previous, long last) {
        return OriginMessage.newBuilder()
                .setChanges(Changes.newBuilder()
                        .setPrevious(previous)
                        .setLast(last)
                        .addChange(OriginChange.newBuilder()
                                .setRemove(OriginEntries.encode(EntryKey.of(new Publication.Slot(
                                        SESSION.session(), ORDERS, instance(0).key()))))))
                .build();
    }

    // ---- the link from the owner to its peer ----

    private void link() {
        loop.run(() -> owner.core.replied(
                "s2", peer.core.greeted(owner.core.hello("s2").getHello())));
    }

    private void unlink() {
        owner.sent.clear();
        loop.run(() -> owner.core.linkClosed("s2"));
    }

    private OriginMessage deliverOne() {
        OriginMessage message = owner.sent.remove();
        receive(message).ifPresent(reply -> loop.run(() -> owner.core.replied("s2", reply)));
        return message;
    }

    /** Delivers until nothing is on its way; the changes among the messages. */
    private List<Changes> deliverAll() {
        List<Changes> changes = new ArrayList<>();
        while (!owner.sent.isEmpty()) {
            OriginMessage message = deliverOne();
            if (message.hasChanges()) {
                changes.add(message.getChanges());
            }
        }
        return changes;
    }

    private Optional<OriginReply> receive(OriginMessage message) {
        List<OriginReply> replies = new ArrayList<>();
        loop.run(() -> peer.core.received("s1", message).ifPresent(replies::add));
        return replies.stream().findFirst();
    }

    private void assertThatThePeerShows(int instances) {
        assertThat(peer.shown()).hasSize(instances).isEqualTo(owner.shown());
        NodeStatus.Origin own = owner.core.originStatus().get(0);
        assertThat(peer.core.originStatus().get(1))
                .isEqualTo(new NodeStatus.Origin(
                        own.node(), own.incarnation(), own.sequence(), own.digest(), own.entries(), "live"));
    }

    /** A node that notes what it would send. */
    private final class Node implements PeerLinks {
        final ArrayDeque<OriginMessage> sent = new ArrayDeque<>();
        final ServiceIndex index = new ServiceIndex(loop, views -> {});
        final Publications publications;
        final OwnOrigin own;
        final DistroCore core;

        Node(String id) {
            LamportClock clock = new LamportClock();
            this.publications = new Publications(loop, index, clock);
            this.own = new OwnOrigin(
                    new OriginId(id, 1),
                    new OriginLog(CONFIG.removalsMax()),
                    TestDomain.of(loop, index, publications, clock),
                    ticker,
                    MEMBERS::size,
                    CONFIG.instancesPerSessionMax());
            this.core = new DistroCore("test", new Members(id, MEMBERS), CONFIG, ticker, publications, own, this);
            own.apply(new Change.SessionOpened(SESSION, false));
        }

        List<Instance> shown() {
            return index.view(ORDERS).instances();
        }

        @Override
        public boolean ready(String to) {
            return true;
        }

        @Override
        public void send(String to, OriginMessage message) {
            sent.add(message);
        }
    }
}
