package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.Changes;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Member;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a node makes of it that the members change, message by message. */
class DistroMembersTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration DOWN_AFTER = Duration.ofSeconds(3);
    private static final DistroConfig CONFIG = new DistroConfig(
            Duration.ofMillis(500),
            Duration.ofMillis(1_500),
            DOWN_AFTER,
            GRACE,
            Duration.ofSeconds(2),
            10_000,
            3,
            1_000);

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final Node s1 = new Node("s1", 1, "s1", "s2");
    private final Node s2 = new Node("s2", 1, "s1", "s2");

    @Test
    void aPeerThatIsAddedGetsTheWholeOriginAndIsFollowedFromThenOn() {
        s1.register(1, 10);
        s1.become("s1", "s2", "s3");
        Node s3 = new Node("s3", 1, "s1", "s2", "s3");

        s1.link(s3);
        List<Changes> sent = s1.deliver(s3);
        assertThat(sent.get(0).getSnapshotBegin()).isTrue();
        assertThat(sent.get(sent.size() - 1).getSnapshotEnd()).isTrue();
        assertThat(s3.shown()).hasSize(10).isEqualTo(s1.shown());

        s1.register(11, 1);
        assertThat(s1.deliver(s3)).hasSize(1).noneMatch(Changes::getSnapshotBegin);
        assertThat(s3.shown()).hasSize(11);
    }

    @Test
    void whoIsNotKnownYetIsRefusedAndTakenOnOnceItIs() {
        Node s3 = new Node("s3", 1, "s1", "s2", "s3");

        assertThatItIsRefused(s3, s1, RegistryException.Code.MEMBERSHIP_REFUSED);
        assertThat(s1.state("s3")).isEmpty();

        s1.become("s1", "s2", "s3");
        s3.link(s1);
        assertThat(s1.state("s3")).isEqualTo("alive");
        assertThat(s3.awaited()).as("a welcome is not the origin").contains("s1");
    }

    @Test
    void aNodeThatJoinsWaitsForWhoDoesNotKnowItYetHoweverLongThatTakes() {
        Node s3 = new Node("s3", 1, "s1", "s2", "s3");
        for (int tries = 0; tries < 20; tries++) {
            loop.run(() -> s3.core.linkRefused("s1"));
            ticker.advance(Duration.ofMillis(250));
            s3.tick();
        }

        assertThat(s3.awaited()).containsExactly("s1");
        assertThat(s3.core.unknownTo()).containsExactly("s1");
        assertThat(s3.state("s1")).isEqualTo("unknown");
        assertThat(s3.state("s2")).isEqualTo("down");

        s1.become("s1", "s2", "s3");
        s3.link(s1);
        s1.link(s3);
        s1.deliver(s3);
        assertThat(s3.core.unknownTo()).isEmpty();
        assertThat(s3.awaited()).isEmpty();
    }

    @Test
    void whatARemovedPeerLeftIsKeptForTheGracePeriod() {
        Node s3 = third();
        s3.register(1, 4);
        s3.deliver(s1);
        s2.link(s1);
        s1.tick();
        assertThat(s1.core.seesMajority()).isTrue();
        assertThat(s1.shown()).hasSize(4);

        s1.become("s1", "s2");
        s1.tick();
        assertThat(s1.origin("s3")).isEqualTo("orphaned");
        assertThat(s1.state("s3")).isEmpty();
        passWithSignsOfLife(GRACE.minusMillis(100), s2, s1);
        assertThat(s1.shown()).hasSize(4);

        passWithSignsOfLife(Duration.ofMillis(100), s2, s1);
        assertThat(s1.shown()).isEmpty();
        assertThat(s1.origin("s3")).isEmpty();
    }

    @Test
    void theTimeInWhichANodeStoodStillIsNoGracePeriod() {
        Node s3 = third();
        s3.register(1, 1);
        s3.deliver(s1);
        s2.link(s1);
        s1.become("s1", "s2");
        s1.tick();

        ticker.advance(GRACE.plusSeconds(1));
        s1.tick();
        assertThat(s1.core.seesMajority()).isTrue();
        assertThat(s1.shown()).hasSize(1);

        passWithSignsOfLife(GRACE, s2, s1);
        assertThat(s1.shown()).isEmpty();
    }

    @Test
    void whatARemovedPeerSaysIsNotListenedTo() {
        Node s3 = third();
        s1.become("s1", "s2");

        s3.register(1, 1);
        assertThatThrownBy(() -> s3.deliver(s1))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.MEMBERSHIP_REFUSED));
        assertThat(s1.shown()).isEmpty();
        assertThatItIsRefused(s3, s1, RegistryException.Code.MEMBERSHIP_REFUSED);
        assertThat(s1.core.hello("s3").hasHello()).as("it goes on by itself").isTrue();
    }

    @Test
    void aNodeThatWasRemovedForgetsNothingAndListensToNobody() {
        Node s3 = third();
        s1.register(1, 2);
        s1.deliver(s3);

        s3.become("s1", "s2");
        pass(Duration.ofMinutes(1), s3);

        assertThat(s3.shown()).hasSize(2);
        assertThat(s3.core.seesMajority()).isFalse();
        assertThat(s3.state("s1")).isEqualTo("unknown");
        assertThat(s3.core.memberStatus()).extracting(NodeStatus.Member::id).containsExactly("s1", "s2");
        assertThatItIsRefused(s1, s3, RegistryException.Code.BAD_REQUEST);
    }

    @Test
    void aLearnerMakesNoMajority() {
        Node s3 = third();
        s2.link(s1);
        s2.register(1, 1);
        s2.deliver(s1);
        s1.members.become(list("s1", "s2", "s3"), Set.of("s3"));

        passWithSignsOfLife(Duration.ofMinutes(1), s3, s1);

        assertThat(s1.core.seesMajority()).as("1 of 2 that vote").isFalse();
        assertThat(s1.origin("s2")).isEqualTo("orphaned");
        assertThat(s1.shown()).as("it may be this node that is cut off").hasSize(1);
    }

    @Test
    void aNodeThatIsLeftAloneByRemovalsIsAMajorityAndForgetsTheOthers() {
        s2.link(s1);
        s2.register(1, 1);
        s2.deliver(s1);
        pass(Duration.ofMinutes(1), s1);
        assertThat(s1.shown()).hasSize(1);

        s1.become("s1");
        pass(GRACE.plusMillis(200), s1);

        assertThat(s1.core.seesMajority()).isTrue();
        assertThat(s1.shown()).isEmpty();
    }

    @Test
    void whoListensWhereThePeerWasBeforeSaysThatItIsAnother() {
        Node s3 = third();

        assertThatThrownBy(
                        () -> loop.run(() -> s3.core.greeted(s1.core.hello("s2").getHello())))
                .isInstanceOf(RegistryException.class)
                .hasMessage("to: 's2' (expected: 's3', which is at this address)");
    }

    @Test
    void anEarlierLifeOfAPeerIsNoSignOfLife() {
        Node again = new Node("s2", 2, "s1", "s2");
        again.link(s1);
        pass(DOWN_AFTER, s1);
        assertThat(s1.state("s2")).isEqualTo("down");

        assertThatItIsRefused(s2, s1, RegistryException.Code.BAD_REQUEST);
        assertThat(s1.state("s2")).isEqualTo("down");
    }

    // ---- what happens ----

    /** A third member, linked with the first in both directions. */
    private Node third() {
        s1.become("s1", "s2", "s3");
        Node s3 = new Node("s3", 1, "s1", "s2", "s3");
        s3.link(s1);
        s1.link(s3);
        s3.deliver(s1);
        s1.deliver(s3);
        return s3;
    }

    private void pass(Duration time, Node node) {
        Duration step = Duration.ofMillis(100);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            ticker.advance(step);
            node.tick();
        }
    }

    /** Time passes for {@code node}, which hears of {@code peer} all the time. */
    private void passWithSignsOfLife(Duration time, Node peer, Node node) {
        Duration step = Duration.ofMillis(100);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            ticker.advance(step);
            peer.link(node);
            peer.deliver(node);
            node.tick();
        }
    }

    private void assertThatItIsRefused(Node from, Node to, RegistryException.Code code) {
        assertThatThrownBy(() -> from.link(to))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static List<Member> list(String... ids) {
        return Arrays.stream(ids).map(id -> new Member(id, id, 1, 2, 3)).toList();
    }

    /** A node that keeps, for each peer, what it would send. */
    private final class Node implements PeerLinks {
        final String id;
        final Members members;
        final Publisher session;
        final Map<String, ArrayDeque<OriginMessage>> sent = new TreeMap<>();
        final ServiceIndex index = new ServiceIndex(loop, views -> {});
        final OwnOrigin own;
        final DistroCore core;

        Node(String id, long incarnation, String... all) {
            this.id = id;
            this.members = new Members(id, list(all));
            this.session = new Publisher("session at " + id, 1);
            LamportClock clock = new LamportClock();
            Publications publications = new Publications(loop, index, clock);
            OriginLog log = new OriginLog(CONFIG.removalsMax());
            this.own = new OwnOrigin(
                    new OriginId(id, incarnation),
                    log,
                    TestDomain.of(loop, index, publications, clock),
                    ticker,
                    () -> members.all().size(),
                    CONFIG.instancesPerSessionMax());
            this.core = new DistroCore("test", members, CONFIG, ticker, publications, own, this);
            own.apply(new Change.SessionOpened(session, false));
        }

        void become(String... all) {
            members.become(list(all), Set.of());
        }

        void tick() {
            loop.run(core::tick);
        }

        void register(int first, int count) {
            loop.run(() -> {
                for (int number = first; number < first + count; number++) {
                    Instance instance = Instance.ephemeral("10." + id.charAt(1) + ".0." + number, 8080);
                    own.apply(new Change.Register(ORDERS, List.of(instance), session));
                }
                core.flush();
            });
        }

        void link(Node to) {
            sent.remove(to.id);
            loop.run(() -> core.replied(to.id, to.core.greeted(core.hello(to.id).getHello())));
        }

        /** Delivers to {@code to} until nothing is on its way; the changes among the messages. */
        List<Changes> deliver(Node to) {
            List<Changes> changes = new ArrayList<>();
            ArrayDeque<OriginMessage> queue = sent.computeIfAbsent(to.id, peer -> new ArrayDeque<>());
            while (!queue.isEmpty()) {
                OriginMessage message = queue.remove();
                List<OriginReply> replies = new ArrayList<>();
                loop.run(() -> to.core.received(id, message).ifPresent(replies::add));
                replies.forEach(reply -> loop.run(() -> core.replied(to.id, reply)));
                if (message.hasChanges()) {
                    changes.add(message.getChanges());
                }
            }
            return changes;
        }

        List<Instance> shown() {
            return index.view(ORDERS).instances();
        }

        List<String> awaited() {
            return core.awaited();
        }

        String state(String peer) {
            return core.memberStatus().stream()
                    .filter(member -> member.id().equals(peer))
                    .map(NodeStatus.Member::state)
                    .findFirst()
                    .orElse("");
        }

        String origin(String peer) {
            return core.originStatus().stream()
                    .filter(origin -> origin.node().equals(peer))
                    .map(NodeStatus.Origin::state)
                    .findFirst()
                    .orElse("");
        }

        @Override
        public boolean ready(String to) {
            return true;
        }

        @Override
        public void send(String to, OriginMessage message) {
            sent.computeIfAbsent(to, peer -> new ArrayDeque<>()).add(message);
        }
    }
}
