package io.gemel.client;

import static io.gemel.client.FakeServer.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What needs no session goes to the session's server first, and to others as long as nothing was done. */
class CallsTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance P = Instance.persistent("10.0.0.1", 8080);

    private final FakeServer other = opened(FakeServer.start());

    @BeforeEach
    void bothAnswerTheSame() {
        server.finds(view(ORDERS, 1, P));
        other.finds(view(ORDERS, 1, P));
    }

    @Test
    void persistentInstancesAreWrittenWithoutTheSession() {
        NamingService client = connect(server);

        assertThat(client.register(ORDERS, P).revision()).isEqualTo(7);
        assertThat(client.deregister(ORDERS, P).revision()).isEqualTo(8);

        assertThat(server.unaryCalls()).containsExactly("register", "deregister");
        assertThat(client.lastRevision()).isEqualTo(8);
    }

    @Test
    void aPreconditionGoesWithTheWriteAndAConflictComesBackAtOnce() {
        NamingService client = connect(server, other);

        client.register(ORDERS, P, Precondition.revision(41));
        client.deregister(ORDERS, P, Precondition.ABSENT);
        client.register(ORDERS, P);
        assertThat(serving(client).conditions())
                .containsExactly(OptionalLong.of(41), OptionalLong.of(0), OptionalLong.empty());

        serving(client).refuseUnary(call -> Optional.of(Code.REVISION_CONFLICT));
        assertThat(refusal(client.registerAllAsync(ORDERS, List.of(P), Precondition.revision(41))))
                .isEqualTo(Code.REVISION_CONFLICT);
        assertThat(notServing(client).unaryCalls()).isEmpty();
    }

    @Test
    void aConditionalWriteOfUnknownOutcomeIsNotSentAgainByTheClientItself() {
        NamingService client = connect(server, other);
        serving(client).refuseUnary(call -> Optional.of(Code.UNKNOWN_OUTCOME));

        assertThat(refusal(client.registerAllAsync(ORDERS, List.of(P), Precondition.ABSENT)))
                .isEqualTo(Code.UNKNOWN_OUTCOME);

        assertThat(serving(client).unaryCalls()).hasSize(1);
        assertThat(notServing(client).unaryCalls()).isEmpty();
    }

    @Test
    void anEphemeralInstanceHasNoRevisionToRequire() {
        NamingService client = connect(server);
        Instance ephemeral = Instance.ephemeral("10.0.0.1", 8080);

        assertThat(refusal(client.registerAllAsync(ORDERS, List.of(ephemeral), Precondition.ABSENT)))
                .isEqualTo(Code.BAD_REQUEST);
        assertThat(refusal(client.deregisterAllAsync(ORDERS, List.of(ephemeral), Precondition.revision(1))))
                .isEqualTo(Code.BAD_REQUEST);
    }

    @Test
    void aServerThatDidNothingIsPassedOverForAnother() {
        NamingService client = connect(server, other);
        serving(client).refuseUnary(call -> Optional.of(Code.NOT_READY));

        client.register(ORDERS, P);

        assertThat(serving(client).unaryCalls()).containsExactly("register");
        assertThat(notServing(client).unaryCalls()).containsExactly("register");
    }

    @Test
    void aServerThatIsDownIsPassedOverForAnother() {
        NamingService client = connect(server, other);
        notServing(client).close();
        AtomicInteger calls = new AtomicInteger();
        serving(client)
                .refuseUnary(call -> calls.incrementAndGet() == 1 ? Optional.of(Code.NO_LEADER) : Optional.empty());

        assertThat(client.register(ORDERS, P).revision()).isEqualTo(7);
        assertThat(serving(client).unaryCalls()).containsExactly("register", "register");
    }

    @Test
    void aWriteOfUnknownOutcomeIsReportedAndNotSentAgain() {
        NamingService client = connect(server, other);
        serving(client).refuseUnary(call -> Optional.of(Code.UNKNOWN_OUTCOME));

        assertThat(refusal(client.registerAsync(ORDERS, P))).isEqualTo(Code.UNKNOWN_OUTCOME);

        assertThat(notServing(client).unaryCalls()).isEmpty();
    }

    @Test
    void aWriteThatIsNotAnsweredHasAnUnknownOutcome() {
        NamingService client = connect(options(server, other).withRequestTimeout(Duration.ofSeconds(1)));
        serving(client).silenceUnary();

        assertThat(refusal(client.registerAsync(ORDERS, P))).isEqualTo(Code.UNKNOWN_OUTCOME);

        assertThat(notServing(client).unaryCalls()).isEmpty();
    }

    @Test
    void aWriteWhoseServerDiesHasAnUnknownOutcome() {
        NamingService client = connect(server, other);
        FakeServer first = serving(client);
        FakeServer second = notServing(client);
        first.silenceUnary();
        CompletableFuture<?> written = client.registerAsync(ORDERS, P);
        await().until(() -> first.unaryCalls().size() == 1);

        first.close();

        assertThat(refusal(written)).isEqualTo(Code.UNKNOWN_OUTCOME);
        assertThat(second.unaryCalls()).isEmpty();
    }

    @Test
    void aReadLeavesASilentServerInTimeToAskAnother() {
        NamingService client = connect(options(server, other).withRequestTimeout(Duration.ofSeconds(2)));
        serving(client).silenceUnary();

        assertThat(client.instances(ORDERS, ReadLevel.LOCAL)).containsExactly(P);
    }

    @Test
    void callsThatAreUnderWayTogetherShareMessages() {
        NamingService client = connect(server);
        List<CompletableFuture<ServiceView>> found = IntStream.range(0, 1_000)
                .mapToObj(i -> client.findAsync(ORDERS, ReadLevel.LOCAL))
                .toList();

        assertThat(found).allSatisfy(view -> assertThat(view).succeedsWithin(PATIENCE));
        assertThat(server.unaryCalls()).hasSize(1_000);
        assertThat(server.pipelinedMessages()).isLessThan(1_000);
    }

    @Test
    void whatWasSentToAServerThatThenDiedMayHaveBeenDone() {
        NamingService client = connect(server, other);
        serving(client).silenceUnary();
        CompletableFuture<?> write = client.registerAsync(ORDERS, P);
        CompletableFuture<ServiceView> read = client.findAsync(ORDERS, ReadLevel.LOCAL);
        await().until(() -> serving(client).unaryCalls().size() == 2);

        FakeServer dead = serving(client);
        dead.close();

        assertThat(refusal(write)).isEqualTo(Code.UNKNOWN_OUTCOME);
        assertThat(read).succeedsWithin(PATIENCE);
        assertThat(client.registerAsync(ORDERS, P)).succeedsWithin(PATIENCE);
        assertThat(dead.unaryCalls()).hasSize(2);
    }

    @Test
    void aServerThatDrainsIsLeftWithoutLosingACall() {
        NamingService client = connect(server, other);
        FakeServer first = serving(client);
        FakeServer second = notServing(client);
        assertThat(client.register(ORDERS, P).revision()).isEqualTo(7);

        first.drainPipelines();
        await().until(() -> first.pipelinesLeft() == 1);

        assertThat(client.register(ORDERS, P).revision()).isEqualTo(7);
        assertThat(first.unaryCalls().size() + second.unaryCalls().size()).isEqualTo(2);
    }

    @Test
    void largeRequestsGoByThemselves() {
        NamingService client = connect(server);
        Map<String, String> metadata = Map.of("filler", "x".repeat(15_000));
        List<Instance> large = IntStream.rangeClosed(1, 250)
                .mapToObj(port -> Instance.persistent("10.0.0.9", port).withMetadata(metadata))
                .toList();
        List<CompletableFuture<Written>> writes = IntStream.range(0, 3)
                .mapToObj(i -> client.registerAllAsync(ORDERS, large, Precondition.NONE))
                .toList();

        assertThat(writes).allSatisfy(write -> assertThat(write).succeedsWithin(PATIENCE));
        assertThat(server.pipelinedMessages()).isEqualTo(3);
    }

    @Test
    void overloadIsReportedAtOnce() {
        NamingService client = connect(server, other);
        serving(client).refuseUnary(call -> Optional.of(Code.OVERLOADED));

        assertThat(refusal(client.registerAsync(ORDERS, P))).isEqualTo(Code.OVERLOADED);

        assertThat(notServing(client).unaryCalls()).isEmpty();
    }

    @Test
    void whatFailsEverywhereFailsInTimeAndSaysWhereAndWhy() {
        NamingService client = connect(options(server, other).withRequestTimeout(Duration.ofSeconds(2)));
        server.refuseUnary(call -> Optional.of(Code.NO_LEADER));
        other.refuseUnary(call -> Optional.of(Code.NO_LEADER));

        RegistryException refused = refused(client.findAsync(ORDERS, ReadLevel.LINEARIZABLE));

        assertThat(refused.code()).isEqualTo(Code.NO_LEADER);
        assertThat(refused).hasMessageContaining(server.address()).hasMessageContaining(other.address());
    }

    @Test
    void whatIsNotThereIsNotFoundOrAnEmptyList() {
        NamingService client = connect(server);
        server.refuseUnary(call -> Optional.of(Code.NOT_FOUND));

        assertThat(refusal(client.findAsync(ORDERS, ReadLevel.LOCAL))).isEqualTo(Code.NOT_FOUND);
        assertThat(client.instances("orders")).isEmpty();
        assertThat(client.selectOne("orders")).isEmpty();
    }

    @Test
    void selectionLeavesOutWhatIsNotWanted() {
        Instance sick = Instance.persistent("10.0.0.2", 1).withHealthy(false);
        Instance far = Instance.persistent("10.0.0.3", 1).withCluster("far");
        server.finds(view(ORDERS, 1, P, sick, far));
        NamingService client = connect(server);

        assertThat(client.select("orders", Selection.ALL)).containsExactly(P, sick, far);
        assertThat(client.select("orders", Selection.USABLE)).containsExactly(P, far);
        assertThat(client.select("orders", Selection.usableIn("far"))).containsExactly(far);
        assertThat(client.selectOne("orders")).get().isIn(P, far);
    }

    @Test
    void whileProtectionIsReachedUnhealthyInstancesAreUsedTooButNoDisabledOnes() {
        Instance sick = Instance.persistent("10.0.0.2", 1).withHealthy(false);
        Instance sicker = Instance.persistent("10.0.0.3", 1).withHealthy(false);
        Instance off = Instance.persistent("10.0.0.4", 1).withEnabled(false);
        Instance drained = Instance.persistent("10.0.0.5", 1).withWeight(0);
        List<Registration> all = view(ORDERS, 1, P, sick, sicker, off, drained).registrations();
        NamingService client = connect(server);

        server.finds(new ServiceView(ORDERS, 1, all, ServiceSettings.NONE.withProtectionThreshold(0.5)));
        assertThat(client.select("orders", Selection.USABLE)).as("2 of 4").containsExactly(P);
        server.finds(new ServiceView(ORDERS, 1, all, ServiceSettings.NONE.withProtectionThreshold(0.51)));
        assertThat(client.select("orders", Selection.USABLE)).containsExactly(P, sick, sicker);
        assertThat(client.selectOne("orders")).get().isIn(P, sick, sicker);
        assertThat(client.select("orders", Selection.ALL)).containsExactly(P, sick, sicker, off, drained);
    }

    @Test
    void whatTheSelectorLeavesOutIsNeverChosenThoughItIsShown() {
        Registration chosen = new Registration(P, 0);
        Registration other = new Registration(Instance.ephemeral("10.0.0.2", 1), 0, false, false, true);
        NamingService client = connect(server);

        server.finds(
                new ServiceView(ORDERS, 1, List.of(chosen, other), ServiceSettings.NONE.withProtectionThreshold(1)));
        assertThat(client.select("orders", Selection.USABLE)).containsExactly(P);
        assertThat(client.select("orders", Selection.ALL)).containsExactly(P, other.instance());
        server.finds(new ServiceView(
                ORDERS,
                1,
                List.of(new Registration(P.withHealthy(false), 0), other),
                ServiceSettings.NONE.withProtectionThreshold(1)));
        assertThat(client.select("orders", Selection.USABLE))
                .as("the protection brings unhealthy ones back, not those of others")
                .containsExactly(P.withHealthy(false));
    }

    @Test
    void suspectOnesAreChosenIfNoOtherIsLeftOrTheProtectionIsReached() {
        Registration well = new Registration(P, 0);
        Registration lost = new Registration(Instance.ephemeral("10.0.0.2", 1), 0, false, true);
        Registration lostToo = new Registration(Instance.ephemeral("10.0.0.3", 1), 0, false, true);
        NamingService client = connect(server);

        server.finds(new ServiceView(ORDERS, 1, List.of(well, lost, lostToo)));
        assertThat(client.select("orders", Selection.USABLE)).containsExactly(P);
        assertThat(client.select("orders", Selection.ALL)).hasSize(3);
        server.finds(new ServiceView(ORDERS, 1, List.of(lost, lostToo)));
        assertThat(client.select("orders", Selection.USABLE))
                .containsExactly(lost.instance(), lostToo.instance())
                .allMatch(Instance::healthy);
        server.finds(new ServiceView(
                ORDERS, 1, List.of(well, lost, lostToo), ServiceSettings.NONE.withProtectionThreshold(0.5)));
        assertThat(client.select("orders", Selection.USABLE))
                .as("to send all to the one that is left would take it down")
                .hasSize(3);
    }

    @Test
    void servicesComeInPagesOfTheClientsNamespace() {
        NamingService client = connect(options(server).withNamespace("blue"));

        ServicePage first = client.services("", 1);
        ServicePage second = client.services("", first.services().get(0), 1);

        assertThat(first).isEqualTo(new ServicePage(List.of(new ServiceId("blue", "g", "first")), true));
        assertThat(second).isEqualTo(new ServicePage(List.of(new ServiceId("blue", "g", "second")), false));
    }

    @Test
    void statusAsksTheNamedServerAndNoOther() {
        NamingService client = connect(server);

        assertThat(client.status(other.address()).nodeId()).isEqualTo(other.address());
        assertThat(client.status().nodeId()).isEqualTo(server.address());

        other.close();
        assertThatThrownBy(() -> client.status(other.address()))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining(other.address() + ": Connection refused");
    }

    @Test
    void aBlockingCallWhereFuturesCompleteIsRefusedRatherThanStuck() {
        NamingService client = connect(server);
        CountDownLatch chained = new CountDownLatch(1);
        server.refuseUnary(call -> {
            awaitLatch(chained); // so that the future completes where the client completes it, not here
            return Optional.empty();
        });

        CompletableFuture<?> inside = client.findAsync(ORDERS, ReadLevel.LOCAL).thenApply(view -> client.status());
        chained.countDown();

        await().until(inside::isDone);
        assertThat(inside).isCompletedExceptionally();
        assertThatThrownBy(inside::join).hasCauseInstanceOf(IllegalStateException.class);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FakeServer serving(NamingService client) {
        return client.server().orElseThrow().equals(server.address()) ? server : other;
    }

    private FakeServer notServing(NamingService client) {
        return serving(client) == server ? other : server;
    }
}
