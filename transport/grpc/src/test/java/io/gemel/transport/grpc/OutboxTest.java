package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Instance;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.ServerMethods.Received;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.ServerBatch;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.ViewDelta;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ServiceId USERS = ServiceId.of("users");
    private static final ServerMessage OPENED = ServerMessage.newBuilder()
            .setRequestId(1)
            .setOpened(Opened.getDefaultInstance())
            .build();

    private final Wire wire = new Wire();
    private final List<String> members = new ArrayList<>(List.of("a:1"));
    private final ManualLoop loop = new ManualLoop();
    private final Outbox outbox = new Outbox(wire, loop, () -> members, OneNode.WATCHES_MAX);

    @BeforeEach
    void watch() {
        outbox.watch(ORDERS, false);
        outbox.watch(USERS, false);
    }

    @Test
    void nothingPrecedesTheAnswerToOpen() {
        outbox.draining();
        outbox.offer(view(ORDERS, 1));
        assertThat(wire.sent).isEmpty();

        outbox.opened(OPENED, true);
        assertThat(wire.sent.get(0)).isEqualTo(OPENED);
        assertThat(wire.sent.get(1).hasDraining()).isTrue();
        assertThat(wire.sent.get(2).getMembers().getAddressesList()).containsExactly("a:1");
        assertThat(wire.revisionsSent()).containsExactly(1L);
    }

    @Test
    void whileTheClientDoesNotReadOnlyTheNewestViewOfEachServiceWaits() {
        outbox.opened(OPENED, true);
        wire.ready = false;
        for (int revision = 1; revision <= 99; revision++) {
            outbox.offer(view(ORDERS, revision));
        }
        outbox.offer(view(USERS, 7));
        members.add("b:2");
        outbox.membersChanged();
        outbox.membersChanged();
        wire.sent.clear();

        wire.ready = true;
        outbox.sendWaiting();

        assertThat(wire.revisionsSent()).containsExactly(99L, 7L);
        assertThat(wire.sent).hasSize(3);
        outbox.sendWaiting();
        assertThat(wire.sent).hasSize(3);
    }

    @Test
    void sendingStopsWhenTheClientIsFullAgain() {
        outbox.opened(OPENED, true);
        wire.ready = false;
        outbox.offer(view(ORDERS, 1));
        outbox.offer(view(USERS, 2));

        wire.ready = true;
        wire.readyFor = 1;
        outbox.sendWaiting();
        assertThat(wire.revisionsSent()).containsExactly(1L);

        wire.ready = true;
        outbox.sendWaiting();
        assertThat(wire.revisionsSent()).containsExactly(1L, 2L);
    }

    @Test
    void answersDoNotWaitForTheClientToRead() {
        outbox.opened(OPENED, true);
        wire.ready = false;
        outbox.answer(done(2));
        loop.runAll();

        assertThat(wire.sent).contains(done(2));
    }

    @Test
    void answersOfOneTurnLeaveInOneMessage() {
        outbox.opened(OPENED, true);
        wire.sent.clear();
        loop.execute(() -> outbox.answer(done(2)));
        loop.execute(() -> outbox.answer(done(3)));
        loop.runAll();

        assertThat(wire.sent).containsExactly(batch(done(2), done(3)));

        loop.execute(() -> outbox.answer(done(4)));
        loop.runAll();
        assertThat(wire.sent).last().isEqualTo(done(4));
    }

    @Test
    void answersToOneMessageOfRequestsLeaveInOneMessage() {
        outbox.opened(OPENED, true);
        wire.sent.clear();
        outbox.answerAfter(() -> {
            outbox.answer(done(2));
            outbox.answer(done(3));
        });

        assertThat(wire.sent).containsExactly(batch(done(2), done(3)));
    }

    @Test
    void aClientThatTakesNoBatchesIsSentEachAnswerForItself() {
        outbox.opened(OPENED, false);
        wire.sent.clear();
        outbox.answerAfter(() -> {
            outbox.answer(done(2));
            outbox.answer(done(3));
        });

        assertThat(wire.sent).containsExactly(done(2), done(3));
    }

    @Test
    void whatWasAnsweredIsSentBeforeTheEnd() {
        outbox.opened(OPENED, true);
        wire.sent.clear();
        outbox.answer(done(2));
        outbox.close(Status.OK, new Metadata());

        assertThat(wire.sent).containsExactly(done(2));
        assertThat(wire.closed).isEqualTo(1);
    }

    @Test
    void aViewOnItsWayDoesNotPassAfterUnwatch() {
        outbox.opened(OPENED, true);
        wire.ready = false;
        outbox.offer(view(ORDERS, 1));
        outbox.unwatch(ORDERS);
        outbox.offer(view(ORDERS, 2));
        wire.ready = true;
        outbox.sendWaiting();

        assertThat(wire.revisionsSent()).isEmpty();
    }

    @Test
    void whoWatchesWithDeltasIsSentTheWayFromWhatItWasSentLast() {
        outbox.watch(ORDERS, true);
        outbox.opened(OPENED, true);
        outbox.offer(view(ORDERS, 1, 80, 81, 82));
        outbox.offer(view(ORDERS, 2, 80, 81, 82, 83));
        wire.ready = false;
        outbox.offer(view(ORDERS, 3, 80, 81, 82, 83, 84));
        outbox.offer(view(ORDERS, 4, 80, 81, 82, 84));
        wire.ready = true;
        outbox.sendWaiting();

        assertThat(wire.revisionsSent()).containsExactly(1L);
        assertThat(wire.deltasSent()).extracting(ViewDelta::getFromRevision).containsExactly(1L, 2L);
        assertThat(wire.deltasSent()).extracting(ViewDelta::getRevision).containsExactly(2L, 4L);
        assertThat(wire.deltasSent().get(1).getInstancesList())
                .extracting(instance -> instance.getKey().getPort())
                .containsExactly(84);
        assertThat(wire.deltasSent().get(1).getRemovedList())
                .extracting(key -> key.getPort())
                .containsExactly(83);
    }

    @Test
    void whatIsNoShorterAsADeltaIsSentWhole() {
        outbox.watch(ORDERS, true);
        outbox.opened(OPENED, true);
        outbox.offer(view(ORDERS, 1, 80, 81));
        outbox.offer(view(ORDERS, 2, 82));
        outbox.offer(view(ORDERS, 3));
        outbox.offer(view(ORDERS, 4, 82));

        assertThat(wire.revisionsSent()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(wire.deltasSent()).isEmpty();
    }

    @Test
    void whoWatchesAnewIsSentTheWholeViewOnceMore() {
        outbox.watch(ORDERS, true);
        outbox.opened(OPENED, true);
        outbox.offer(view(ORDERS, 1, 80, 81));
        outbox.offer(view(ORDERS, 1, 80, 81));
        assertThat(wire.revisionsSent()).containsExactly(1L);

        outbox.watch(ORDERS, true);
        outbox.offer(view(ORDERS, 1, 80, 81));
        outbox.offer(view(ORDERS, 2, 80, 81, 82));
        assertThat(wire.revisionsSent()).containsExactly(1L, 1L);
        assertThat(wire.deltasSent()).extracting(ViewDelta::getRevision).containsExactly(2L);

        outbox.watch(ORDERS, false);
        outbox.offer(view(ORDERS, 2, 80, 81, 82));
        outbox.offer(view(ORDERS, 3, 80, 81, 83));
        assertThat(wire.revisionsSent()).containsExactly(1L, 1L, 2L, 3L);
    }

    @Test
    void whoUnwatchedBeginsWithAWholeView() {
        outbox.watch(ORDERS, true);
        outbox.opened(OPENED, true);
        outbox.offer(view(ORDERS, 1, 80, 81));
        outbox.unwatch(ORDERS);
        outbox.watch(ORDERS, true);
        outbox.offer(view(ORDERS, 2, 80, 81, 82));

        assertThat(wire.revisionsSent()).containsExactly(1L, 2L);
    }

    @Test
    void nothingIsSentAfterTheEnd() {
        outbox.opened(OPENED, true);
        wire.sent.clear();
        outbox.close(Status.OK, new Metadata());
        outbox.close(Status.OK, new Metadata());
        outbox.answer(OPENED);
        loop.runAll();
        outbox.draining();
        outbox.offer(view(ORDERS, 1));

        assertThat(wire.sent).isEmpty();
        assertThat(wire.closed).isEqualTo(1);
    }

    @Test
    void watchesAreLimited() {
        for (int i = 2; i < OneNode.WATCHES_MAX; i++) {
            outbox.watch(ServiceId.of("s" + i), false);
        }
        outbox.watch(ORDERS, false);

        assertThatThrownBy(() -> outbox.watch(ServiceId.of("more"), false))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.OVERLOADED));
    }

    private static ServerMessage done(long id) {
        return Answers.done(id, 7);
    }

    private static ServerMessage batch(ServerMessage... messages) {
        return ServerMessage.newBuilder()
                .setBatch(ServerBatch.newBuilder().addAllMessages(List.of(messages)))
                .build();
    }

    private static ServiceView view(ServiceId service, long revision, Integer... ports) {
        return new ServiceView(
                service,
                revision,
                Stream.of(ports)
                        .map(port -> new Registration(Instance.ephemeral("10.0.0.1", port), 0))
                        .toList());
    }

    /** A call that is ready when the test says so. */
    private static final class Wire extends ServerCall<Received<ClientMessage>, InputStream> {
        final List<ServerMessage> sent = new ArrayList<>();
        boolean ready = true;
        int readyFor = Integer.MAX_VALUE;
        int closed;

        List<Long> revisionsSent() {
            return sent.stream()
                    .filter(ServerMessage::hasView)
                    .map(message -> message.getView().getRevision())
                    .toList();
        }

        List<ViewDelta> deltasSent() {
            return sent.stream()
                    .filter(ServerMessage::hasViewDelta)
                    .map(ServerMessage::getViewDelta)
                    .toList();
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void sendMessage(InputStream message) {
            try {
                sent.add(ServerMessage.parseFrom(message));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (--readyFor == 0) {
                ready = false;
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closed++;
        }

        @Override
        public void request(int numMessages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<Received<ClientMessage>, InputStream> getMethodDescriptor() {
            return ServerMethods.SESSION;
        }
    }
}
