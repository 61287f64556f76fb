package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.ClientBatch;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.Ping;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several requests of a session in one message, each for itself. */
class SessionBatchTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");

    private final OneNode node = new OneNode();
    private final StreamClient client = new StreamClient(node.connect());

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void theServerSaysThatItTakesBatches() {
        assertThat(client.open().getBatches()).isTrue();
    }

    @Test
    void requestsOfAMessageAreWorkedOffInTheirOrderAndAnsweredForThemselves() {
        client.openWithBatches();
        Instance instance = instance(1);
        long last = client.sendTogether(List.of(
                StreamClient.registration(ORDERS, instance.withWeight(2)),
                StreamClient.registration(ORDERS, Instance.persistent("10.0.0.9", 80)),
                StreamClient.registration(ORDERS, instance.withWeight(3)),
                ping()));

        assertThat(client.answer(last).hasDone()).isTrue();
        assertThat(client.answer(last - 1).getDone().getRevision())
                .isGreaterThan(client.answer(last - 3).getDone().getRevision());
        assertThat(client.answer(last - 2).getError().getCode()).isEqualTo("BAD_REQUEST");
        assertThat(node.index.view(ORDERS).instances()).containsExactly(instance.withWeight(3));
    }

    @Test
    void whatIsAnsweredTogetherLeavesTogether() {
        client.openWithBatches();
        client.next(message -> message.hasMembers());
        int before = client.messages();
        long last = client.sendTogether(pings(SessionStream.BATCH_MAX));

        assertThat(client.answer(last).hasDone()).isTrue();
        assertThat(client.messages()).isEqualTo(before + 1);
    }

    @Test
    void aClientThatDoesNotTakeBatchesMaySendThemAndIsAnsweredOneByOne() {
        client.open();
        client.next(message -> message.hasMembers());
        int before = client.messages();
        long last = client.sendTogether(pings(3));

        assertThat(client.answer(last).hasDone()).isTrue();
        assertThat(client.messages()).isEqualTo(before + 3);
    }

    @Test
    void aBatchInABatchIsRefused() {
        client.openWithBatches();
        long last = client.sendTogether(
                List.of(ClientMessage.newBuilder().setBatch(ClientBatch.getDefaultInstance()), ping()));

        assertThat(client.answer(last).hasDone()).isTrue();
        assertThat(client.answer(last - 1).getError().getCode()).isEqualTo("BAD_REQUEST");
    }

    @Test
    void openIsNotToBeInABatch() {
        client.sendTogether(List.of(ClientMessage.newBuilder().setOpen(Open.getDefaultInstance())));

        assertThat(client.end.join().status().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void tooManyRequestsInAMessageEndTheStream() {
        client.openWithBatches();
        client.sendTogether(pings(SessionStream.BATCH_MAX + 1));

        Status end = client.end.join().status();
        assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(end.getDescription()).contains("at most 256");
    }

    @Test
    void noMoreRequestsAreReadThanMayWaitForAnswers() {
        List<CompletableFuture<Written>> writes = new CopyOnWriteArrayList<>();
        node.consistency.insteadOfRegistering(() -> {
            CompletableFuture<Written> write = new CompletableFuture<>();
            writes.add(write);
            return write;
        });
        client.openWithBatches();
        int batches = 5;
        List<ClientMessage.Builder> registrations = new ArrayList<>();
        IntStream.range(0, SessionStream.BATCH_MAX)
                .forEach(i -> registrations.add(StreamClient.registration(ORDERS, instance(i))));
        long last = 0;
        for (int i = 0; i < batches; i++) {
            last = client.sendTogether(registrations);
        }
        await().until(() -> writes.size() == SessionStream.IN_FLIGHT_MAX);
        await().during(200, TimeUnit.MILLISECONDS).until(() -> writes.size() == SessionStream.IN_FLIGHT_MAX);

        await().until(() -> {
            writes.forEach(write -> write.complete(new Written(1)));
            return writes.size() == batches * SessionStream.BATCH_MAX;
        });
        writes.forEach(write -> write.complete(new Written(1)));
        assertThat(client.answer(last).hasDone()).isTrue();
    }

    private static List<ClientMessage.Builder> pings(int count) {
        return new ArrayList<>(Collections.nCopies(count, ping()));
    }

    private static ClientMessage.Builder ping() {
        return ClientMessage.newBuilder().setPing(Ping.getDefaultInstance());
    }

    private static Instance instance(int last) {
        return Instance.ephemeral("10.0.0." + last, 80);
    }
}
