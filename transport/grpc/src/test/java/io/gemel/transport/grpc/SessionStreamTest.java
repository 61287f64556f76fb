package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.Ping;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.Replayed;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionStreamTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 80);

    private final OneNode node = new OneNode();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void openingGivesASessionAndTheMembers() {
        StreamClient client = new StreamClient(node.connect());
        Opened opened = client.open();

        assertThat(opened.getSessionId()).isNotEmpty();
        assertThat(opened.getToken()).isNotEmpty();
        assertThat(opened.getResumed()).isFalse();
        assertThat(opened.getNodeId()).isEqualTo("s1");
        assertThat(opened.getResumeWindowMs()).isEqualTo(2_000);
        assertThat(client.next(ServerMessage::hasMembers).getMembers().getAddressesList())
                .containsExactly("127.0.0.1:9848");
    }

    @Test
    void changedMembersAreTold() {
        StreamClient client = node.open();
        client.next(ServerMessage::hasMembers);

        node.members.add("127.0.0.1:9948");
        node.door.membersChanged();

        assertThat(client.next(ServerMessage::hasMembers).getMembers().getAddressesList())
                .containsExactly("127.0.0.1:9848", "127.0.0.1:9948");
    }

    @Test
    void aRegistrationIsPushedToWatchersAndReadableOnceAcknowledged() {
        StreamClient watcher = node.open();
        watcher.answer(watcher.watch(ORDERS));
        assertThat(watcher.view().isEmpty()).isTrue();

        StreamClient client = node.open();
        assertThat(client.answer(client.register(ORDERS, A, B)).getDone().getRevision())
                .isPositive();

        assertThat(node.index.view(ORDERS).instances()).containsExactly(A, B);
        assertThat(watcher.view().instances()).containsExactly(A, B);
    }

    @Test
    void deregisteringRemovesOnlyWhatItNames() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A, B));
        client.answer(client.send(
                ClientMessage.newBuilder().setDeregister(Codec.deregisterRequest(ORDERS, List.of(A.key())))));

        assertThat(node.index.view(ORDERS).instances()).containsExactly(B);
    }

    @Test
    void nothingIsPushedAfterUnwatch() {
        StreamClient watcher = node.open();
        watcher.answer(watcher.watch(ORDERS));
        watcher.view();
        watcher.next(ServerMessage::hasMembers);
        watcher.answer(watcher.unwatch(ORDERS));

        StreamClient client = node.open();
        client.answer(client.watch(ORDERS));
        client.view();
        client.answer(client.register(ORDERS, A));
        client.view();

        watcher.answer(watcher.ping());
        watcher.hasNothingElse();
    }

    @Test
    void aRefusalCarriesTheRequestIdAndTheStreamGoesOn() {
        StreamClient client = node.open();
        long id = client.send(ClientMessage.newBuilder()
                .setRegister(Codec.registerRequest(ORDERS, List.of(A)).toBuilder()
                        .addInstances(Codec.encode(A).toBuilder()
                                .setKey(Codec.encode(A.key()).toBuilder().setPort(70_000)))));

        ServerMessage answer = client.answer(id);
        assertThat(answer.getError().getCode()).isEqualTo("BAD_REQUEST");
        assertThat(answer.getError().getCause()).contains("instances[1]", "port", "70000", "1..65535");
        assertThat(answer.getError().getWhatToDo()).isEqualTo(Code.BAD_REQUEST.whatToDo());
        assertThat(client.answer(client.ping()).hasDone()).isTrue();
        assertThat(node.index.view(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void aPreconditionIsRefusedOnASessionRatherThanIgnored() {
        StreamClient client = node.open();
        for (ClientMessage.Builder request : List.of(
                ClientMessage.newBuilder().setRegister(Codec.registerRequest(ORDERS, List.of(A), Precondition.ABSENT)),
                ClientMessage.newBuilder()
                        .setDeregister(Codec.deregisterRequest(ORDERS, List.of(A.key()), Precondition.revision(5))))) {
            ServerMessage answer = client.answer(client.send(request));
            assertThat(answer.getError().getCode()).isEqualTo("BAD_REQUEST");
            assertThat(answer.getError().getCause()).contains("ifRevision", "ephemeral");
        }
        assertThat(node.index.view(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void persistentInstancesAreRefusedOnASession() {
        StreamClient client = node.open();
        long id = client.register(ORDERS, Instance.persistent("10.0.0.1", 80));

        assertThat(client.answer(id).getError().getCause()).contains("PERSISTENT", "EPHEMERAL", "unary");
    }

    @Test
    void anUnknownRequestIsRefused() {
        StreamClient client = node.open();

        assertThat(client.answer(client.send(ClientMessage.newBuilder()))
                        .getError()
                        .getCode())
                .isEqualTo("BAD_REQUEST");
    }

    @Test
    void aSecondOpenIsRefusedAndTheStreamGoesOn() {
        StreamClient client = node.open();
        long id = client.send(ClientMessage.newBuilder().setOpen(Open.getDefaultInstance()));

        assertThat(client.answer(id).getError().getCause()).contains("second");
        assertThat(client.answer(client.ping()).hasDone()).isTrue();
        assertThat(node.sessions.size()).isEqualTo(1);
    }

    @Test
    void aRequestBeforeOpenEndsTheStream() {
        StreamClient client = new StreamClient(node.connect());
        client.register(ORDERS, A);

        StreamClient.End end = client.end.join();
        assertThat(end.status().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(Refusals.received(end.status(), end.trailers(), Refusals.Call.WRITE)
                        .code())
                .isEqualTo(Code.NO_SESSION);
    }

    @Test
    void anIdThatIsInFlightEndsTheStreamAsItsAnswersCouldNotBeToldApart() {
        node.consistency.insteadOfRegistering(CompletableFuture::new);
        StreamClient client = node.open();
        client.sendAs(7, ClientMessage.newBuilder().setRegister(Codec.registerRequest(ORDERS, List.of(A))));
        client.sendAs(7, ClientMessage.newBuilder().setPing(Ping.getDefaultInstance()));

        assertThat(client.end.join().status().getDescription()).contains("request_id: 7");
        assertSessionsEndAfterTheResumeWindow();
    }

    @Test
    void bytesThatAreNoMessageEndTheStream() {
        MethodDescriptor<ClientMessage, ServerMessage> raw = RegistryGrpc.getSessionMethod();
        StreamClient client = new StreamClient(
                node.connect(),
                raw.toBuilder(new Garbage(), raw.getResponseMarshaller()).build());
        client.ping();

        StreamClient.End end = client.end.join();
        assertThat(end.trailers().get(Refusals.CODE)).isEqualTo("BAD_REQUEST");
        assertThat(end.status().getDescription()).contains("gemel.v1");
    }

    @Test
    void requestIdZeroEndsTheStream() {
        StreamClient client = node.open();
        client.sendAs(0, ClientMessage.newBuilder().setPing(Ping.getDefaultInstance()));

        assertThat(client.end.join().status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void anOpenWithTheWrongTokenEndsTheStream() {
        StreamClient first = new StreamClient(node.connect());
        Opened opened = first.open();
        StreamClient thief = new StreamClient(node.connect());
        long id = thief.send(ClientMessage.newBuilder()
                .setOpen(Open.newBuilder()
                        .setSessionId(opened.getSessionId())
                        .setToken("guess")
                        .setEpoch(opened.getEpoch())));

        assertThat(thief.answer(id).getError().getCode()).isEqualTo("UNKNOWN_SESSION");
        assertThat(thief.end.join().status().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(first.answer(first.ping()).hasDone()).isTrue();
    }

    @Test
    void anEpochBeyondLongIsRefused() {
        StreamClient client = new StreamClient(node.connect());
        long id = client.send(ClientMessage.newBuilder()
                .setOpen(Open.newBuilder().setSessionId("0".repeat(32)).setEpoch(-1)));

        assertThat(client.answer(id).getError().getCause()).contains("epoch: 18446744073709551615");
        assertThat(client.end.join().status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void requestsMayFollowOpenWithoutWaitingForIt() {
        StreamClient client = new StreamClient(node.connect());
        client.send(ClientMessage.newBuilder().setOpen(Open.getDefaultInstance()));
        long id = client.register(ORDERS, A);

        assertThat(client.answer(id).hasDone()).isTrue();
    }

    @Test
    void aSaidGoodbyeRemovesItsInstancesAtOnce() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A));

        assertThat(client.answer(client.close()).hasDone()).isTrue();
        assertThat(node.index.view(ORDERS).isEmpty()).isTrue();
        assertThat(client.end.join().status().isOk()).isTrue();
        assertThat(node.sessions.size()).isZero();
    }

    @Test
    void aLostConnectionKeepsItsInstancesForTheResumeWindow() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A));
        client.vanish();

        assertSessionsEndAfterTheResumeWindow();
        assertThat(node.index.view(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void clientsThatVanishWhileOpeningLeaveNothing() {
        for (int i = 0; i < OneNode.SESSIONS_MAX - 1; i++) {
            StreamClient client = new StreamClient(node.connect());
            client.send(ClientMessage.newBuilder().setOpen(Open.getDefaultInstance()));
            client.vanish();
        }

        await().untilAsserted(() -> {
            node.afterTheResumeWindow();
            assertThat(node.sessions.size()).isZero();
        });
        StreamClient late = node.open();
        assertThat(late.answer(late.ping()).hasDone()).isTrue();
    }

    @Test
    void aHalfClosedStreamIsALostConnection() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A));
        client.halfClose();

        assertThat(client.end.join().status().isOk()).isTrue();
        assertThat(node.index.view(ORDERS).instances()).containsExactly(A);
        assertSessionsEndAfterTheResumeWindow();
        assertThat(node.index.view(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void aResumedSessionEndsItsOlderConnectionAndKeepsWhatIsReplayed() {
        StreamClient first = new StreamClient(node.connect());
        Opened opened = first.open();
        first.answer(first.register(ORDERS, A, B));

        StreamClient second = new StreamClient(node.connect());
        Opened resumed = second.resume(Open.newBuilder()
                .setSessionId(opened.getSessionId())
                .setToken(opened.getToken())
                .setEpoch(opened.getEpoch())
                .build());
        assertThat(resumed.getResumed()).isTrue();
        assertThat(resumed.getEpoch()).isGreaterThan(opened.getEpoch());
        StreamClient.End end = first.end.join();
        assertThat(end.trailers().get(Refusals.CODE)).isEqualTo("SESSION_MOVED");

        second.answer(second.register(ORDERS, B));
        second.answer(second.send(ClientMessage.newBuilder().setReplayed(Replayed.getDefaultInstance())));
        await().untilAsserted(
                        () -> assertThat(node.index.view(ORDERS).instances()).containsExactly(B));
        assertThat(second.answer(second.ping()).hasDone()).isTrue();
    }

    @Test
    void drainingAsksClientsToMoveAndTakesOnNoMore() {
        StreamClient client = node.open();
        node.sessions.drain();

        client.next(ServerMessage::hasDraining);
        assertThat(client.answer(client.ping()).hasDone()).isTrue();

        StreamClient late = new StreamClient(node.connect());
        long id = late.send(ClientMessage.newBuilder().setOpen(Open.getDefaultInstance()));
        assertThat(late.answer(id).getError().getCode()).isEqualTo("SHUTTING_DOWN");
        assertThat(late.end.join().status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void anUnexpectedFailureIsAnsweredWithoutItsText() {
        node.consistency.insteadOfRegistering(
                () -> CompletableFuture.failedFuture(new IllegalStateException("secret path /etc/x")));
        StreamClient client = node.open();
        ServerMessage answer = client.answer(client.register(ORDERS, A));

        assertThat(answer.getError().getCode()).isEqualTo("UNKNOWN_OUTCOME");
        assertThat(answer.getError().getCause()).doesNotContain("secret");
        assertThat(client.answer(client.ping()).hasDone()).isTrue();
    }

    @Test
    void keysOfOtherSessionsAreOutOfReach() {
        StreamClient owner = node.open();
        owner.answer(owner.register(ORDERS, A));
        StreamClient other = node.open();
        List<InstanceKey> keys = List.of(A.key());
        other.answer(other.send(ClientMessage.newBuilder().setDeregister(Codec.deregisterRequest(ORDERS, keys))));

        assertThat(node.index.view(ORDERS).instances()).containsExactly(A);
    }

    private void assertSessionsEndAfterTheResumeWindow() {
        // Advances before the loss is seen would be lost; so goes on until the session is gone.
        assertThat(node.sessions.size()).isEqualTo(1);
        await().untilAsserted(() -> {
            node.afterTheResumeWindow();
            assertThat(node.sessions.size()).isZero();
        });
    }

    /** Sends what no protobuf parser takes. */
    private static final class Garbage implements MethodDescriptor.Marshaller<ClientMessage> {
        @Override
        public InputStream stream(ClientMessage value) {
            return new SharedBytes(ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2}));
        }

        @Override
        public ClientMessage parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }
}
