package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Instance;
import io.gemel.naming.Member;
import io.gemel.naming.Readiness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members come, go and move while nodes run, over real connections. */
class ChangingMembersTest {
    private static final DistroConfig CONFIG = new DistroConfig(
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(1_500),
            Duration.ofSeconds(1),
            10_000,
            512,
            1_000);
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 80);
    private static final Set<String> NO_LEARNERS = Set.of();

    private final List<DistroNode> nodes = new ArrayList<>();
    private final Member m1 = DistroNode.member("s1");
    private final Member m2 = DistroNode.member("s2");
    private final Member m3 = DistroNode.member("s3");
    private final DistroNode s1 = start(m1, 1, m1, m2);
    private final DistroNode s2 = start(m2, 1, m1, m2);

    ChangingMembersTest() throws IOException {}

    @BeforeEach
    void ready() {
        await().until(() -> s1.readiness.ready() && s2.readiness.ready());
    }

    @AfterEach
    void stop() {
        nodes.forEach(DistroNode::close);
        assertThat(nodes).noneMatch(node -> node.broken.isDone());
    }

    @Test
    void aNodeThatJoinsGetsAllAndIsFollowedSoonAfterTheOthersKnowIt() throws IOException {
        s1.register(A);
        DistroNode s3 = start(m3, 1, m1, m2, m3);
        s3.become(Set.of("s3"), m1, m2, m3);
        // For longer than it takes to call a silent peer down: these are not silent.
        await().during(CONFIG.downAfter().multipliedBy(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> !s3.readiness.ready());
        assertThat(s3.readiness.reason()).isEqualTo("distro: waits to be known as a member to s1, s2");

        s1.become(Set.of("s3"), m1, m2, m3);
        s2.become(Set.of("s3"), m1, m2, m3);

        await().until(s3.readiness::ready);
        assertThat(s3.shown()).containsExactly(A);
        assertThat(nodes).as("what runs goes on").allMatch(node -> node.readiness.ready());
        s3.register(B);
        await().untilAsserted(() -> assertThat(s1.shown()).containsExactly(A, B));
    }

    /** What it starts with may be an old list: the newest is in the log. */
    @Test
    void aStartingNodeWaitsForThoseTooOfWhomOnlyTheLogTells() throws IOException {
        Readiness readiness = new Readiness("distro", "raft");
        DistroNode s3 = start(readiness, m3, 1, m1, m3);
        s1.become(NO_LEARNERS, m1, m2, m3);
        await().untilAsserted(() ->
                assertThat(readiness.reason()).contains("distro: waits for the newest list of the members"));

        s3.become(NO_LEARNERS, m1, m2, m3);
        readiness.clear("raft");
        await().untilAsserted(
                        () -> assertThat(readiness.reason()).isEqualTo("distro: waits to be known as a member to s2"));

        s2.become(NO_LEARNERS, m1, m2, m3);
        await().until(readiness::ready);
    }

    @Test
    void aNodeThatIsLeftAloneDropsWhatTheOthersLeft() throws IOException {
        DistroNode s3 = thirdNode();
        s3.register(A);
        await().until(() -> s1.shown().equals(List.of(A)));

        s1.become(NO_LEARNERS, m1);

        await().atMost(Duration.ofSeconds(30))
                .until(() -> s1.shown().isEmpty() && s1.origin("s3").isEmpty());
    }

    @Test
    void whatARemovedNodeLeftStaysForTheGracePeriodThoughItGoesOnSending() throws IOException {
        DistroNode s3 = thirdNode();
        s3.register(A);
        await().until(() -> s1.shown().equals(List.of(A)));

        long begin = System.nanoTime();
        s1.become(NO_LEARNERS, m1, m2);
        s2.become(NO_LEARNERS, m1, m2);
        await().until(() -> s1.origin("s3").equals("orphaned"));
        assertThat(s1.shown()).containsExactly(A);

        await().until(() -> s1.shown().isEmpty() && s1.origin("s3").isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(CONFIG.grace());
        assertThat(s1.state("s3")).isEmpty();
        assertThat(s1.readiness.reason()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotKnowThatItWasRemovedSaysWhoSaysSo() throws IOException {
        DistroNode s3 = thirdNode();

        s1.become(NO_LEARNERS, m1, m2);
        s2.become(NO_LEARNERS, m1, m2);

        await().untilAsserted(() -> assertThat(s3.readiness.reason())
                .isEqualTo("distro: sees no majority of 3 members; ephemeral instances of the others are frozen;"
                        + " s1, s2 say that it is no member"));
    }

    @Test
    void aNodeThatKnowsThatItWasRemovedAnswersNothingAndIsConnectedWithNobody() throws IOException {
        DistroNode s3 = thirdNode();

        s3.become(NO_LEARNERS, m1, m2);

        await().until(() -> !s3.readiness.ready());
        assertThat(s3.readiness.reason()).isEqualTo("distro: this node is not a member of the cluster");
        await().untilAsserted(() ->
                assertThat(s1.state("s3")).as("as s1 has yet to learn it").isEqualTo("down"));
        assertThat(s3.state("s1"))
                .as("who hears nothing because it was removed")
                .isEqualTo("unknown");
    }

    @Test
    void aPeerThatIsStartedAgainAtAnotherPortIsLinkedThere() throws IOException {
        s2.register(A);
        s2.close();
        nodes.remove(s2);
        Member moved = DistroNode.member("s2");
        DistroNode again = start(moved, 2, m1, moved);

        s1.become(NO_LEARNERS, m1, moved);

        await().until(again.readiness::ready);
        again.register(B);
        s1.register(A);
        await().until(() -> s1.shown().contains(B) && again.shown().contains(A));
    }

    @Test
    void whoeverListensWhereAPeerWasBeforeIsNotTakenForIt() throws IOException {
        s2.close();
        nodes.remove(s2);
        Member intruder = new Member("s3", m2.host(), 1, m2.serverPort(), 1);
        DistroNode s3 = start(intruder, 1, m1, intruder);
        s1.become(NO_LEARNERS, m1, m2, intruder);
        await().until(s3.readiness::ready);
        await().until(() -> s1.state("s2").equals("down"));

        s1.register(A);

        await().until(() -> s3.shown().equals(List.of(A)));
        await().until(() -> s1.state("s3").equals("alive"));
        await().during(CONFIG.downAfter()).until(() -> s1.state("s2").equals("down") && s3.readiness.ready());
    }

    private DistroNode thirdNode() throws IOException {
        DistroNode s3 = start(m3, 1, m1, m2, m3);
        s1.become(NO_LEARNERS, m1, m2, m3);
        s2.become(NO_LEARNERS, m1, m2, m3);
        await().until(s3.readiness::ready);
        await().until(() -> s1.state("s3").equals("alive") && s3.state("s1").equals("alive"));
        return s3;
    }

    private DistroNode start(Member self, long incarnation, Member... all) throws IOException {
        return start(new Readiness("distro"), self, incarnation, all);
    }

    private DistroNode start(Readiness readiness, Member self, long incarnation, Member... all) throws IOException {
        Members members = new Members(self.id(), Arrays.asList(all));
        DistroNode node = new DistroNode(members, incarnation, CONFIG, readiness);
        nodes.add(node);
        return node;
    }
}
