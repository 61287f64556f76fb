package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.CLOSE;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.DEREGISTER;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.OPEN;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.PING;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REGISTER;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REPLAYED;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Done;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.ServerMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The session finds a server, moves to another when that one is lost, and takes along what the client holds. */
class SessionTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);

    @Test
    void aNewSessionIsLiveOnceItsEmptyReplayIsDone() {
        NamingService client = connect(server);

        assertThat(server.stream().kinds()).containsExactly(OPEN, REPLAYED);
        assertThat(server.stream().requests().get(0).getOpen().getSessionId()).isEmpty();
        assertThat(client.server()).contains(server.address());
    }

    @Test
    void afterALossItResumesReplaysAndWatchesInThisOrder() {
        server.reply(
                OPEN,
                message -> Optional.of(ServerMessage.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setSessionId("s1")
                                .setToken("t1")
                                .setEpoch(41))));
        NamingService client = connect(server);
        client.register(ORDERS, A);
        client.register(ServiceId.of("stock"), B);
        client.subscribe(ORDERS, event -> {});

        server.stream().drop();

        awaitStreams(server, 2);
        await().untilAsserted(() ->
                assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER, REGISTER, REPLAYED, WATCH));
        var resume = server.stream().requests().get(0).getOpen();
        assertThat(resume.getSessionId()).isEqualTo("s1");
        assertThat(resume.getToken()).isEqualTo("t1");
        assertThat(resume.getEpoch()).isEqualTo(41);
        assertThat(ips(server.stream().requests(REGISTER).get(0))).containsExactly("10.0.0.1");
    }

    @Test
    void requestsThatAreMadeTogetherShareMessagesAtAServerThatTakesThat() {
        server.takeBatches();
        NamingService client = connect(server);
        registerMany(client, 1_000);

        assertThat(server.stream().requests(REGISTER)).hasSize(1_000);
        assertThat(server.stream().requests())
                .extracting(ClientMessage::getRequestId)
                .doesNotHaveDuplicates();
        assertThat(server.batches()).isBetween(1, 500);
    }

    @Test
    void aServerThatSaysNothingOfBatchesIsSentEachRequestForItself() {
        NamingService client = connect(server);
        registerMany(client, 1_000);

        assertThat(server.stream().requests(REGISTER)).hasSize(1_000);
        assertThat(server.batches()).isZero();
    }

    private static void registerMany(NamingService client, int count) {
        List<CompletableFuture<Written>> writes = IntStream.range(0, count)
                .mapToObj(i -> client.registerAsync(ORDERS, Instance.ephemeral("10.0.1.1", 1_000 + i)))
                .toList();
        assertThat(writes).allSatisfy(write -> assertThat(write).succeedsWithin(Duration.ofSeconds(30)));
    }

    @Test
    void replayedIsNotSaidBeforeEveryRegistrationIsAnswered() {
        NamingService client = connect(server);
        client.register(ORDERS, A);
        server.hold(REGISTER);

        server.stream().drop();

        awaitStreams(server, 2);
        await().until(() -> server.stream().kinds().contains(REGISTER));
        assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER);
        server.stream().done(server.stream().requests().get(1));
        await().until(() -> server.stream().kinds().contains(REPLAYED));
    }

    @Test
    void whatWasDeregisteredIsNotReplayed() {
        NamingService client = connect(server);
        client.registerAll(ORDERS, List.of(A, B));
        client.deregister(ORDERS, A);

        server.stream().drop();

        awaitLive(client, server, 2);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER, REPLAYED);
        assertThat(ips(server.stream().requests().get(1))).containsExactly("10.0.0.2");
    }

    @Test
    void whatIsDeregisteredWhileThereIsNoSessionIsNotReplayed() {
        NamingService client = connect(server);
        client.registerAll(ORDERS, List.of(A, B));
        AtomicReference<ClientMessage> openRequest = new AtomicReference<>();
        server.reply(OPEN, message -> {
            openRequest.set(message);
            return Optional.empty();
        });
        server.stream().drop();
        await().until(() -> openRequest.get() != null);
        CompletableFuture<Written> gone = client.deregisterAsync(ORDERS, A);

        server.replyAsUsual(OPEN);
        server.stream().drop();

        awaitDone(gone);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER, DEREGISTER, REPLAYED);
        assertThat(ips(server.stream().requests().get(1))).containsExactly("10.0.0.2");
    }

    @Test
    void itMovesToAnotherServerWhenItsOwnDies() {
        FakeServer other = opened(FakeServer.start());
        NamingService client = connect(server, other);
        FakeServer first = client.server().orElseThrow().equals(server.address()) ? server : other;
        FakeServer second = first == server ? other : server;
        client.register(ORDERS, A);

        first.close();

        awaitLive(client, second, 1);
        assertThat(second.stream().kinds()).containsExactly(OPEN, REGISTER, REPLAYED);
        assertThat(second.stream().requests().get(0).getOpen().getToken()).isEqualTo("secret of " + first.address());
    }

    @Test
    void itKnowsTheServersThatServersTellItOf() {
        FakeServer other = opened(FakeServer.start());
        NamingService client = connect(server);
        server.stream().members("not an address", other.address());
        client.register(ORDERS, A);

        server.close();

        awaitLive(client, other, 1);
    }

    @Test
    void itMovesAtOnceAndWithoutAGoodbyeWhenTheServerDrains() {
        FakeServer other = opened(FakeServer.start());
        NamingService client = connect(server);
        client.register(ORDERS, A);
        server.stream().members(server.address(), other.address());

        server.stream().drain();

        awaitLive(client, other, 1);
        assertThat(other.stream().kinds()).containsExactly(OPEN, REGISTER, REPLAYED);
        await().until(() -> server.stream().over());
        assertThat(server.stream().kinds()).doesNotContain(CLOSE);
    }

    @Test
    void itComesBackToAServerThatRestarts() {
        NamingService client = connect(server);
        client.register(ORDERS, A);
        int port = server.port();
        server.close();
        await().until(() -> client.server().isEmpty());

        FakeServer again = opened(FakeServer.startAt(port));

        awaitLive(client, again, 1);
    }

    @Test
    void aRegistrationInFlightWhenTheConnectionBreaksCompletesWithTheReplay() {
        NamingService client = connect(server);
        server.hold(REGISTER);
        CompletableFuture<Written> registered = client.registerAsync(ORDERS, A);
        await().until(() -> server.stream().kinds().contains(REGISTER));
        server.replyAsUsual(REGISTER);
        server.hold(REPLAYED);

        server.stream().drop();

        awaitStreams(server, 2);
        await().until(() -> server.stream().kinds().contains(REPLAYED));
        assertThat(registered).isNotDone();
        server.stream().done(server.stream().requests(REPLAYED).get(0));
        awaitDone(registered);
    }

    @Test
    void whatIsAskedForDuringAReplayWaitsForItsEnd() {
        NamingService client = connect(server);
        server.hold(REPLAYED);
        server.stream().drop();
        awaitStreams(server, 2);
        await().until(() -> server.stream().kinds().contains(REPLAYED));

        CompletableFuture<Written> registered = client.registerAsync(ORDERS, A);
        server.stream().done(server.stream().requests(REPLAYED).get(0));

        awaitDone(registered);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REPLAYED, REGISTER);
    }

    @Test
    void aRefusedRegistrationFailsAndIsNotReplayed() {
        NamingService client = connect(server);
        server.reply(REGISTER, message -> FakeServer.refusal(Code.BAD_REQUEST));

        assertThat(refusal(client.registerAsync(ORDERS, A))).isEqualTo(Code.BAD_REQUEST);

        server.stream().drop();
        awaitLive(client, server, 2);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REPLAYED);
    }

    @Test
    void aRefusedReplayOfOneServiceDoesNotKeepTheOthersBack() {
        NamingService client = connect(server);
        client.register(ORDERS, A);
        client.register(ServiceId.of("stock"), B);
        server.reply(
                REGISTER,
                message -> message.getRegister().getService().getName().equals("orders")
                        ? FakeServer.refusal(Code.BAD_REQUEST)
                        : Optional.of(ServerMessage.newBuilder().setDone(Done.getDefaultInstance())));

        server.stream().drop();

        awaitLive(client, server, 2);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER, REGISTER, REPLAYED);
    }

    @Test
    void aReplayRefusedAsOverloadIsTriedAgainOnTheSameServer() {
        NamingService client = connect(server);
        client.register(ORDERS, A);
        server.reply(REGISTER, message -> FakeServer.refusal(Code.OVERLOADED));
        server.stream().drop();
        awaitLive(client, server, 2);

        server.replyAsUsual(REGISTER);

        await().until(() -> server.stream().requests(REGISTER).size() >= 2);
        assertThat(server.streams()).hasSize(2);
    }

    @Test
    void aServerThatIsNotReadyForTheReplayIsLeft() {
        FakeServer other = opened(FakeServer.start());
        other.reply(REGISTER, message -> FakeServer.refusal(Code.NOT_READY));
        NamingService client = connect(server);
        client.register(ORDERS, A);
        server.stream().members(other.address());

        server.stream().drop();

        awaitLive(client, server, 2);
        assertThat(other.stream().kinds()).containsExactly(OPEN, REGISTER);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER, REPLAYED);
    }

    @Test
    void anExpiredSessionIsReplacedByANewOneWithAllThatIsHeld() {
        NamingService client = connect(server);
        client.register(ORDERS, A);
        server.reply(OPEN, message -> {
            server.replyAsUsual(OPEN);
            return FakeServer.refusal(Code.UNKNOWN_SESSION);
        });

        server.stream().drop();

        awaitLive(client, server, 3);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REGISTER, REPLAYED);
        assertThat(server.stream().requests().get(0).getOpen().getSessionId()).isEmpty();
    }

    @Test
    void withoutAServerARegistrationFailsInTimeAndNamesWhatWasTried() {
        NamingService client = connect(options(server).withRequestTimeout(Duration.ofMillis(300)));
        server.close();
        await().until(() -> client.server().isEmpty());

        CompletableFuture<Written> registered = client.registerAsync(ORDERS, A);

        assertThat(refusal(registered)).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused(registered)).hasMessageContaining(server.address());
    }

    @Test
    void anUnansweredRegistrationHasAnUnknownOutcomeAndIsNotReplayed() {
        NamingService client = connect(options(server).withRequestTimeout(Duration.ofMillis(300)));
        server.hold(REGISTER);

        assertThat(refusal(client.registerAsync(ORDERS, A))).isEqualTo(Code.UNKNOWN_OUTCOME);

        server.replyAsUsual(REGISTER);
        server.stream().drop();
        awaitLive(client, server, 2);
        assertThat(server.stream().kinds()).containsExactly(OPEN, REPLAYED);
    }

    @Test
    void requestsInFlightAreBoundedAndTheRestFollows() {
        NamingService client = connect(server);
        server.hold(REGISTER);
        List<CompletableFuture<Written>> all = new ArrayList<>();
        for (int port = 1; port <= 300; port++) {
            all.add(client.registerAsync(ORDERS, Instance.ephemeral("10.0.0.1", port)));
        }
        await().until(() -> server.stream().requests(REGISTER).size() == 128);

        server.replyAsUsual(REGISTER);
        server.stream().requests(REGISTER).forEach(server.stream()::done);

        awaitDone(CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)));
        assertThat(server.stream().requests(REGISTER)).hasSize(300);
    }

    @Test
    void tooManyCallsUnderWayAreRefusedAsOverload() {
        NamingService client = connect(server);
        server.hold(REGISTER);
        for (int i = 0; i < 4_096; i++) {
            assertThat(client.registerAsync(ORDERS, A)).isNotDone();
        }

        assertThat(refusal(client.registerAsync(ORDERS, A))).isEqualTo(Code.OVERLOADED);
    }

    @Test
    void aSilentServerIsLeft() {
        NamingService client = connect(options(server).withKeepAlive(Duration.ofMillis(100)));
        server.hold(PING);

        awaitStreams(server, 2);
        server.replyAsUsual(PING);

        await().until(() -> client.server().isPresent());
    }

    private static List<String> ips(ClientMessage register) {
        return register.getRegister().getInstancesList().stream()
                .map(instance -> instance.getKey().getIp())
                .toList();
    }
}
