package io.gemel.transport.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedAnswers;
import io.gemel.transport.grpc.v1.PipelinedCall;
import io.gemel.transport.grpc.v1.PipelinedCalls;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many calls on one stream, each for itself. */
class PipelineStreamTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);

    private final OneNode node = new OneNode();
    private final Answers answers = new Answers();
    private final StreamObserver<PipelinedCalls> calls =
            RegistryGrpc.newStub(node.connect()).pipeline(answers);

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void eachCallOfAMessageIsAnsweredForItself() {
        calls.onNext(message(
                register(1, A), find(2, "nothing"), PipelinedCall.newBuilder().setId(3)));
        assertThat(answers.of(1).getWritten().getRevision()).isPositive();
        assertThat(answers.of(2).getError().getCode()).isEqualTo("NOT_FOUND");
        assertThat(answers.of(3).getError().getCode()).isEqualTo("BAD_REQUEST");

        calls.onNext(message(find(4, "orders"), deregister(5, A), register(6, Instance.ephemeral("10.0.0.2", 80))));
        assertThat(Codec.decode(answers.of(4).getFound().getView()).instances()).containsExactly(A);
        assertThat(answers.of(5).getWritten().getRevision())
                .isGreaterThan(answers.of(1).getWritten().getRevision());
        assertThat(answers.of(6).getError().getCode()).isEqualTo("NO_SESSION");
        assertThat(answers.of(6).getError().getWhatToDo()).isNotEmpty();
    }

    @Test
    void whatIsAnsweredTogetherLeavesTogether() {
        int count = PipelineStream.CALLS_MAX;
        calls.onNext(message(IntStream.rangeClosed(1, count)
                .mapToObj(id -> find(id, "nothing"))
                .toArray(PipelinedCall.Builder[]::new)));

        answers.of(count);
        assertThat(answers.messages).hasSize(1);
    }

    @Test
    void tooManyCallsInAMessageEndTheStream() {
        calls.onNext(message(IntStream.rangeClosed(0, PipelineStream.CALLS_MAX)
                .mapToObj(id -> find(id, "orders"))
                .toArray(PipelinedCall.Builder[]::new)));

        Status end = answers.end.join();
        assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(end.getDescription()).contains("at most 256");
    }

    @Test
    void aClientThatHalfClosesIsAnsweredAllThatItAsked() {
        List<CompletableFuture<Written>> writes = heldWrites();
        calls.onNext(message(register(1, A), register(2, A)));
        calls.onCompleted();
        await().until(() -> writes.size() == 2);
        assertThat(answers.end).isNotDone();

        writes.forEach(write -> write.complete(new Written(7)));

        assertThat(answers.of(2).getWritten().getRevision()).isEqualTo(7);
        assertThat(answers.end.join().isOk()).isTrue();
    }

    @Test
    void aDoorThatDrainsAsksTheClientToLeaveAndAnswersWhatItSent() {
        List<CompletableFuture<Written>> writes = heldWrites();
        calls.onNext(message(register(1, A)));
        await().until(() -> writes.size() == 1);

        node.door.drain();
        await().until(() -> answers.messages.stream().anyMatch(PipelinedAnswers::getDraining));
        calls.onNext(message(find(2, "nothing")));
        assertThat(answers.of(2).getError().getCode()).isEqualTo("NOT_FOUND");
        calls.onCompleted();
        writes.forEach(write -> write.complete(new Written(7)));

        assertThat(answers.of(1).getWritten().getRevision()).isEqualTo(7);
        assertThat(answers.end.join().isOk()).isTrue();
    }

    @Test
    void whoComesToADoorThatDrainsIsAskedToLeaveAtOnce() {
        node.door.drain();
        Answers late = new Answers();
        StreamObserver<PipelinedCalls> lateCalls =
                RegistryGrpc.newStub(node.connect()).pipeline(late);

        await().until(() -> late.messages.stream().anyMatch(PipelinedAnswers::getDraining));
        lateCalls.onCompleted();
        assertThat(late.end.join().isOk()).isTrue();
    }

    @Test
    void noMoreCallsAreReadThanMayWaitForAnswers() {
        List<CompletableFuture<Written>> writes = heldWrites();
        int sent = 3 * PipelineStream.IN_FLIGHT_MAX;
        for (int id = 1; id <= sent; id++) {
            calls.onNext(message(register(id, A)));
        }
        int readable = PipelineStream.IN_FLIGHT_MAX - PipelineStream.CALLS_MAX + 1;
        await().until(() -> writes.size() == readable);
        await().during(200, TimeUnit.MILLISECONDS).until(() -> writes.size() == readable);

        await().until(() -> {
            writes.forEach(write -> write.complete(new Written(1)));
            return writes.size() == sent;
        });
        writes.forEach(write -> write.complete(new Written(1)));
        assertThat(answers.of(sent).hasWritten()).isTrue();
    }

    @Test
    void theBytesAreTheMessageOfTheContract() throws IOException {
        ServiceView small = view(2);
        ServiceView large = view(1_000);
        PipelinedAnswer written = PipelinedAnswer.newBuilder()
                .setId(3)
                .setWritten(WriteResponse.newBuilder().setRevision(9))
                .build();
        PipelineAnswers bytes = new PipelineAnswers();
        bytes.found(1, small.as(ViewFormat.V1));
        bytes.found(1L << 40, large.as(ViewFormat.V1));
        bytes.add(written);
        bytes.draining();

        ByteString message = ByteString.readFrom(bytes.message());

        assertThat(PipelinedAnswers.parseFrom(message))
                .isEqualTo(PipelinedAnswers.newBuilder()
                        .addAnswers(found(1, small))
                        .addAnswers(found(1L << 40, large))
                        .addAnswers(written)
                        .setDraining(true)
                        .build());
        assertThat(bytes.size()).isBetween(message.size() - 16, message.size());
    }

    private List<CompletableFuture<Written>> heldWrites() {
        List<CompletableFuture<Written>> writes = new CopyOnWriteArrayList<>();
        node.consistency.insteadOfRegistering(() -> {
            CompletableFuture<Written> write = new CompletableFuture<>();
            writes.add(write);
            return write;
        });
        return writes;
    }

    private static PipelinedCalls message(PipelinedCall.Builder... calls) {
        PipelinedCalls.Builder message = PipelinedCalls.newBuilder();
        for (PipelinedCall.Builder call : calls) {
            message.addCalls(call);
        }
        return message.build();
    }

    private static PipelinedCall.Builder register(long id, Instance instance) {
        return PipelinedCall.newBuilder().setId(id).setRegister(Codec.registerRequest(ORDERS, List.of(instance)));
    }

    private static PipelinedCall.Builder deregister(long id, Instance instance) {
        return PipelinedCall.newBuilder()
                .setId(id)
                .setDeregister(Codec.deregisterRequest(ORDERS, List.of(instance.key())));
    }

    private static PipelinedCall.Builder find(long id, String service) {
        return PipelinedCall.newBuilder().setId(id).setFind(Codec.findRequest(ServiceId.of(service), ReadLevel.LOCAL));
    }

    private static PipelinedAnswer found(long id, ServiceView view) {
        return PipelinedAnswer.newBuilder()
                .setId(id)
                .setFound(FindResponse.newBuilder().setView(Codec.encode(view)))
                .build();
    }

    private static ServiceView view(int instances) {
        List<Registration> registrations = IntStream.range(0, instances)
                .mapToObj(i -> new Registration(Instance.persistent("10.0.0.1", 1_000 + i), i + 1))
                .toList();
        return new ServiceView(ORDERS, 5, registrations);
    }

    /** What the client was sent. */
    private static final class Answers implements StreamObserver<PipelinedAnswers> {
        final List<PipelinedAnswers> messages = new CopyOnWriteArrayList<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();

        PipelinedAnswer of(long id) {
            await().until(() -> byId().containsKey(id));
            return requireNonNull(byId().get(id));
        }

        private Map<Long, PipelinedAnswer> byId() {
            List<PipelinedAnswer> all = new ArrayList<>();
            messages.forEach(message -> all.addAll(message.getAnswersList()));
            return all.stream().collect(Collectors.toMap(PipelinedAnswer::getId, answer -> answer));
        }

        @Override
        public void onNext(PipelinedAnswers message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }
}
