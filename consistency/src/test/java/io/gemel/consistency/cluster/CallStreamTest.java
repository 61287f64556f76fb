package io.gemel.consistency.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over a real connection on loopback, to a peer that answers when the test says so. */
class CallStreamTest {
    private static final MethodDescriptor<String, String> UNARY = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName("test", "ask"))
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();
    private static final StreamedMethod<String, String> METHOD = new StreamedMethod<>(UNARY, "asks");
    private static final Duration LONG = Duration.ofSeconds(30);

    /** For how long a peer that has no streams is called without. */
    private static final Duration WITHOUT = Duration.ofSeconds(10);

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final List<ServerCall<?, ?>> streams = new CopyOnWriteArrayList<>();
    private final AtomicLong later = new AtomicLong();
    private final List<Runnable> stops = new ArrayList<>();

    private record Asked(String request, StreamObserver<String> observer) {
        void answer(String answer) {
            observer.onNext(answer);
            observer.onCompleted();
        }
    }

    @AfterEach
    void stop() {
        stops.forEach(Runnable::run);
    }

    @Test
    void callsShareAStreamInTheirOrderAndEachGetsItsAnswerWheneverThatComes() throws Exception {
        CallStream<String, String> calls = calls(serverWithStreams());
        List<CompletableFuture<String>> answers = IntStream.range(0, 100)
                .mapToObj(i -> call(calls, "request " + i, LONG))
                .toList();
        await().until(() -> asked.size() == 100);
        for (int i = 99; i >= 0; i--) {
            assertThat(asked.get(i).request).isEqualTo("request " + i);
            asked.get(i).answer("answer " + i);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(answers.get(i)).succeedsWithin(LONG).isEqualTo("answer " + i);
        }
        assertThat(streams).hasSize(1);
    }

    @Test
    void callsOfManyThreadsAreAnsweredEachWithItsOwn() throws Exception {
        CallStream<String, String> calls = calls(server(ServerServiceDefinition.builder("test")
                .addMethod(METHOD.serveAll((request, observer) -> new Asked(request, observer).answer(request + "!")))
                .build()));
        List<Thread> threads = new ArrayList<>();
        List<CompletableFuture<String>> wrong = new CopyOnWriteArrayList<>();
        for (int t = 0; t < 8; t++) {
            int thread = t;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 2_000; i++) {
                    String request = thread + "-" + i;
                    CompletableFuture<String> answer = call(calls, request, LONG);
                    if (!answer.orTimeout(30, TimeUnit.SECONDS).join().equals(request + "!")) {
                        wrong.add(answer);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aCallThatFailsLeavesTheOthersAlone() throws Exception {
        CallStream<String, String> calls = calls(serverWithStreams());
        CompletableFuture<String> refused = call(calls, "a", LONG);
        CompletableFuture<String> answered = call(calls, "b", LONG);
        await().until(() -> asked.size() == 2);

        asked.get(0)
                .observer
                .onError(Status.PERMISSION_DENIED.withDescription("not you").asRuntimeException());
        assertThat(failure(refused))
                .hasToString(Status.PERMISSION_DENIED.withDescription("not you").toString());
        assertThat(answered).isNotDone();
        asked.get(1).answer("yes");
        assertThat(answered).succeedsWithin(LONG).isEqualTo("yes");
        assertThat(streams).hasSize(1);
    }

    /** What the stream ends with is not said of each call: those before it may have had their effect. */
    @Test
    void whenTheStreamBreaksIsOpenWhatBecomesOfItsCallsAndTheNextOpensAnother() throws Exception {
        CallStream<String, String> calls = calls(serverWithStreams());
        CompletableFuture<String> lost = call(calls, "a", LONG);
        await().until(() -> asked.size() == 1);

        streams.get(0).close(Status.RESOURCE_EXHAUSTED, new Metadata());
        assertThat(failure(lost).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

        CompletableFuture<String> next = call(calls, "b", LONG);
        await().until(() -> asked.size() == 2);
        asked.get(1).answer("yes");
        assertThat(next).succeedsWithin(LONG).isEqualTo("yes");
        assertThat(streams).hasSize(2);
    }

    @Test
    void aCallWhoseTimeIsOverFailsAndItsLateAnswerIsNobodyElses() throws Exception {
        CallStream<String, String> calls = calls(serverWithStreams());
        CompletableFuture<String> patient = call(calls, "a", LONG);
        CompletableFuture<String> late = call(calls, "b", Duration.ofMillis(1));
        CompletableFuture<String> later = call(calls, "c", Duration.ofMillis(200));
        assertThat(failure(late).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(failure(later).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(patient).isNotDone();

        await().until(() -> asked.size() == 3);
        asked.get(1).answer("late");
        asked.get(0).answer("in time");
        assertThat(patient).succeedsWithin(LONG).isEqualTo("in time");
    }

    /** A unary call that is over is withdrawn; in a stream it would keep its place before those that somebody waits for. */
    @Test
    void whatNobodyWaitsForAnyMoreIsNotSentOnceThePeerReadsAgain() throws Exception {
        CallStream<String, String> calls = calls(serverThatFirstReadsNothing());
        List<CompletableFuture<String>> expired = IntStream.range(0, 100)
                .mapToObj(i -> call(calls, "x".repeat(8 * 1024), Duration.ofMillis(1_500)))
                .toList();
        assertThat(expired).allSatisfy(call -> assertThat(call).failsWithin(LONG));
        await().until(() -> streams.get(0).isCancelled());

        CompletableFuture<String> next = call(calls, "next", LONG);
        await().until(() -> !asked.isEmpty());
        asked.get(0).answer("yes");
        assertThat(next).succeedsWithin(LONG).isEqualTo("yes");
        assertThat(asked).extracting(Asked::request).containsExactly("next");
    }

    @Test
    void aHandlerThatThrowsFailsItsOwnCallAlone() throws Exception {
        CallStream<String, String> calls = calls(server(ServerServiceDefinition.builder("test")
                .addMethod(METHOD.serve((call, headers) -> {
                    streams.add(call);
                    return Optional.of((request, observer) -> {
                        if (request.equals("bad")) {
                            throw new IllegalStateException("as a test wants it");
                        }
                        asked.add(new Asked(request, observer));
                    });
                }))
                .build()));
        CompletableFuture<String> before = call(calls, "a", LONG);
        CompletableFuture<String> bad = call(calls, "bad", LONG);
        assertThat(failure(bad).getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(before).isNotDone();
        asked.get(0).answer("yes");
        assertThat(before).succeedsWithin(LONG).isEqualTo("yes");
        assertThat(streams).hasSize(1);
    }

    @Test
    void toAnswerWhoWentAwayDoesNoHarm() throws Exception {
        CallStream<String, String> calls = calls(serverWithStreams());
        CompletableFuture<String> given = call(calls, "a", LONG);
        await().until(() -> asked.size() == 1);
        stops.get(1).run(); // the channel
        assertThat(failure(given).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        await().until(() -> streams.get(0).isCancelled());
        asked.get(0).answer("nobody hears it");
    }

    @Test
    void aPeerWithoutStreamsIsCalledWithoutInTheSameOrderEachTimeItIsTriedAnew() throws Exception {
        CallStream<String, String> calls = calls(server(answeringAlone().build()));
        List<String> made = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String request = round + "-" + i;
                made.add(request);
                answers.add(call(calls, request, LONG));
            }
            assertThat(answers)
                    .allSatisfy(
                            answer -> assertThat(answer).succeedsWithin(LONG).isEqualTo("alone"));
            later.addAndGet(WITHOUT.toNanos());
        }
        assertThat(asked).extracting(Asked::request).containsExactlyElementsOf(made);
    }

    @Test
    void aPeerThatGetsStreamsIsCalledOnThemAfterAWhile() throws Exception {
        AtomicInteger tried = new AtomicInteger();
        CallStream<String, String> calls = calls(server(answeringAlone()
                .addMethod(METHOD.serve((call, headers) -> {
                    if (tried.incrementAndGet() == 1) {
                        call.close(Status.UNIMPLEMENTED, new Metadata());
                        return Optional.empty();
                    }
                    return Optional.of((request, observer) -> new Asked(request, observer).answer("streamed"));
                }))
                .build()));
        assertThat(call(calls, "a", LONG)).succeedsWithin(LONG).isEqualTo("alone");
        assertThat(call(calls, "b", LONG)).succeedsWithin(LONG).isEqualTo("alone");
        later.addAndGet(WITHOUT.toNanos());
        assertThat(call(calls, "c", LONG)).succeedsWithin(LONG).isEqualTo("streamed");
        assertThat(tried).hasValue(2);
    }

    /** Each refused stream would be a reset, and a peer closes connections with many of these. */
    @Test
    void aPeerThatRefusesTheStreamIsNotAskedForOneWithEachCall() throws Exception {
        CallStream<String, String> calls = calls(server(answeringAlone()
                .addMethod(METHOD.serve((call, headers) -> {
                    streams.add(call);
                    call.close(Status.PERMISSION_DENIED, new Metadata());
                    return Optional.empty();
                }))
                .build()));
        assertThat(failure(call(calls, "a", LONG)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call(calls, "b", LONG)).succeedsWithin(LONG).isEqualTo("alone");
        assertThat(call(calls, "c", LONG)).succeedsWithin(LONG).isEqualTo("alone");
        assertThat(streams).hasSize(1);
    }

    /** gRPC ends a call with the context in which it was made. */
    @Test
    void theStreamOutlivesWhoeverMadeItsFirstCall() throws Exception {
        CallStream<String, String> calls = calls(serverWithStreams());
        List<CompletableFuture<String>> answers = new ArrayList<>();
        Context.CancellableContext first = Context.current().withCancellation();
        first.run(() -> answers.add(call(calls, "a", LONG)));
        await().until(() -> asked.size() == 1);
        first.cancel(null);

        answers.add(call(calls, "b", LONG));
        await().until(() -> asked.size() == 2);
        asked.forEach(one -> one.answer("yes"));
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer).succeedsWithin(LONG).isEqualTo("yes"));
        assertThat(streams).hasSize(1);
    }

    @Test
    void whereNobodyListensCallsFail() throws Exception {
        Server gone = serverWithStreams();
        CallStream<String, String> calls = calls(gone);
        gone.shutdownNow().awaitTermination();
        assertThat(failure(call(calls, "a", LONG)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure(call(calls, "b", LONG)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    /** Answers unary calls, as all versions do. */
    private ServerServiceDefinition.Builder answeringAlone() {
        return ServerServiceDefinition.builder("test")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, observer) -> {
                    Asked one = new Asked(request, observer);
                    asked.add(one);
                    one.answer("alone");
                }));
    }

    /** Of its first stream it takes as much as its system does, of those after it everything. */
    private Server serverThatFirstReadsNothing() throws IOException {
        ServerMethodDefinition<?, ?> reading =
                METHOD.serveAll((request, observer) -> asked.add(new Asked(request, observer)));
        return server(ServerServiceDefinition.builder("test")
                .addMethod(firstUnread(reading))
                .build());
    }

    private <Q, A> ServerMethodDefinition<Q, A> firstUnread(ServerMethodDefinition<Q, A> reading) {
        return reading.withServerCallHandler((call, headers) -> {
            streams.add(call);
            return streams.size() == 1
                    ? new ServerCall.Listener<>() {}
                    : reading.getServerCallHandler().startCall(call, headers);
        });
    }

    private Server serverWithStreams() throws IOException {
        return server(ServerServiceDefinition.builder("test")
                .addMethod(METHOD.serve((call, headers) -> {
                    streams.add(call);
                    return Optional.of((request, observer) -> asked.add(new Asked(request, observer)));
                }))
                .build());
    }

    private Server server(ServerServiceDefinition service) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .flowControlWindow(64 * 1024)
                .addService(service)
                .build()
                .start();
        stops.add(server::shutdownNow);
        return server;
    }

    private CallStream<String, String> calls(Server server) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .directExecutor()
                .build();
        stops.add(channel::shutdownNow);
        return new CallStream<>(channel, METHOD, () -> System.nanoTime() + later.get());
    }

    private static CompletableFuture<String> call(CallStream<String, String> calls, String request, Duration timeout) {
        FutureAnswer answer = new FutureAnswer();
        calls.call(request, timeout.toNanos(), answer);
        return answer;
    }

    private static Status failure(CompletableFuture<String> call) {
        await().atMost(LONG).until(call::isDone);
        assertThat(call).isCompletedExceptionally();
        return Status.fromThrowable(call.handle((answer, failure) -> failure).join());
    }
}
