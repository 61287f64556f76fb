package io.gemel.client;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.DeltaCodec;
import io.gemel.transport.grpc.DoorServer;
import io.gemel.transport.grpc.NamesCodec;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.ClientMessage.RequestCase;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.Done;
import io.gemel.transport.grpc.v1.Draining;
import io.gemel.transport.grpc.v1.Error;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.ListServicesRequest;
import io.gemel.transport.grpc.v1.ListServicesResponse;
import io.gemel.transport.grpc.v1.Members;
import io.gemel.transport.grpc.v1.Opened;
import io.gemel.transport.grpc.v1.PipelinedAnswer;
import io.gemel.transport.grpc.v1.PipelinedAnswers;
import io.gemel.transport.grpc.v1.PipelinedCalls;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.StatusResponse;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A registry that does what a test says. Left alone it opens every session, and answers each request with Done and each unary
 * call with something that fits.
 */
final class FakeServer extends RegistryGrpc.RegistryImplBase implements AutoCloseable {
    private static final AtomicLong EPOCHS = new AtomicLong();
    private static final Metadata.Key<String> CODE = Metadata.Key.of("gemel-code", Metadata.ASCII_STRING_MARSHALLER);

    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private final Map<RequestCase, Function<ClientMessage, Optional<ServerMessage.Builder>>> replies =
            new ConcurrentHashMap<>();
    private final List<String> unaryCalls = new CopyOnWriteArrayList<>();
    private volatile Function<String, Optional<RegistryException.Code>> unaryRefusal = call -> Optional.empty();
    private volatile boolean unarySilent;
    private final List<StreamObserver<PipelinedAnswers>> pipelines = new CopyOnWriteArrayList<>();
    private final AtomicInteger pipelinedMessages = new AtomicInteger();
    private final AtomicInteger batches = new AtomicInteger();
    private volatile boolean takesBatches;
    private final AtomicInteger pipelinesLeft = new AtomicInteger();
    private volatile ServiceView found = view(ServiceId.of("none"), 1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<OptionalLong> conditions = new CopyOnWriteArrayList<>();
    private final DoorServer door;
    private final int port;

    private FakeServer(int wanted) {
        door = DoorServer.start("fake", "127.0.0.1", wanted, List.of(this));
        this.port = door.port();
    }

    static FakeServer start() {
        return new FakeServer(0);
    }

    /** A server at the address of one that was closed. */
    static FakeServer startAt(int port) {
        return new FakeServer(port);
    }

    static ServiceView view(ServiceId service, long revision, Instance... instances) {
        List<Registration> registrations = Arrays.stream(instances)
                .map(instance -> new Registration(instance, 0))
                .sorted(Comparator.comparing(Registration::key))
                .toList();
        return new ServiceView(service, revision, registrations);
    }

    static Optional<ServerMessage.Builder> refusal(RegistryException.Code code) {
        return Optional.of(ServerMessage.newBuilder()
                .setError(Error.newBuilder().setCode(code.name()).setCause("the test says " + code)));
    }

    int port() {
        return port;
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Answers requests of this kind so from now on; empty is silence. */
    void reply(RequestCase request, Function<ClientMessage, Optional<ServerMessage.Builder>> reply) {
        replies.put(request, reply);
    }

    void hold(RequestCase request) {
        reply(request, message -> Optional.empty());
    }

    void replyAsUsual(RequestCase request) {
        replies.remove(request);
    }

    void refuseUnary(Function<String, Optional<RegistryException.Code>> refusal) {
        unaryRefusal = refusal;
    }

    void silenceUnary() {
        unarySilent = true;
    }

    void finds(ServiceView view) {
        found = view;
    }

    List<String> unaryCalls() {
        return List.copyOf(unaryCalls);
    }

    int pipelinedMessages() {
        return pipelinedMessages.get();
    }

    /** Tells clients that open a session from now on that they may send several requests in a message. */
    void takeBatches() {
        takesBatches = true;
    }

    /** How many messages held several requests of a session. */
    int batches() {
        return batches.get();
    }

    /** How many pipelines their clients have left. */
    int pipelinesLeft() {
        return pipelinesLeft.get();
    }

    void drainPipelines() {
        pipelines.forEach(answers ->
                answers.onNext(PipelinedAnswers.newBuilder().setDraining(true).build()));
    }

    /** What unary writes required of what they met. */
    List<OptionalLong> conditions() {
        return List.copyOf(conditions);
    }

    List<Stream> streams() {
        return List.copyOf(streams);
    }

    /** The stream of the present or last session. */
    Stream stream() {
        return streams.get(streams.size() - 1);
    }

    /** As a crash: connections end without a word. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        door.stop(Duration.ZERO);
    }

    @Override
    public StreamObserver<ClientMessage> session(StreamObserver<ServerMessage> responses) {
        Stream stream = new Stream(responses);
        streams.add(stream);
        return stream;
    }

    @Override
    public void register(RegisterRequest request, StreamObserver<WriteResponse> response) {
        conditions.add(request.hasIfRevision() ? OptionalLong.of(request.getIfRevision()) : OptionalLong.empty());
        answer("register", response, WriteResponse.newBuilder().setRevision(7).build());
    }

    @Override
    public void deregister(DeregisterRequest request, StreamObserver<WriteResponse> response) {
        conditions.add(request.hasIfRevision() ? OptionalLong.of(request.getIfRevision()) : OptionalLong.empty());
        answer("deregister", response, WriteResponse.newBuilder().setRevision(8).build());
    }

    @Override
    public void find(FindRequest request, StreamObserver<FindResponse> response) {
        answer(
                "find",
                response,
                FindResponse.newBuilder().setView(Codec.encode(found)).build());
    }

    @Override
    public void listServices(ListServicesRequest request, StreamObserver<ListServicesResponse> response) {
        var name = Codec.encode(new ServiceId(request.getNamespace(), "g", request.hasAfter() ? "second" : "first"));
        answer(
                "list",
                response,
                ListServicesResponse.newBuilder()
                        .addServices(name)
                        .setMore(!request.hasAfter())
                        .build());
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> response) {
        answer(
                "status",
                response,
                StatusResponse.newBuilder().setNodeId(address()).build());
    }

    @Override
    public StreamObserver<PipelinedCalls> pipeline(StreamObserver<PipelinedAnswers> answers) {
        pipelines.add(answers);
        return new StreamObserver<>() {
            @Override
            public void onNext(PipelinedCalls message) {
                pipelinedMessages.incrementAndGet();
                message.getCallsList().forEach(call -> {
                    PipelinedAnswer.Builder answer =
                            PipelinedAnswer.newBuilder().setId(call.getId());
                    switch (call.getCallCase()) {
                        case REGISTER -> register(call.getRegister(), pipelined(answer, answer::setWritten, answers));
                        case DEREGISTER ->
                            deregister(call.getDeregister(), pipelined(answer, answer::setWritten, answers));
                        case FIND -> find(call.getFind(), pipelined(answer, answer::setFound, answers));
                        case CALL_NOT_SET -> throw new AssertionError(call);
                    }
                });
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                pipelinesLeft.incrementAndGet();
                answers.onCompleted();
            }
        };
    }

    private static <T> StreamObserver<T> pipelined(
            PipelinedAnswer.Builder answer, Consumer<T> put, StreamObserver<PipelinedAnswers> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T message) {
                put.accept(message);
            }

            @Override
            public void onError(Throwable failure) {
                answer.setError(Error.newBuilder()
                        .setCode(Status.trailersFromThrowable(failure).get(CODE))
                        .setCause("the test says so"));
                onCompleted();
            }

            @Override
            public void onCompleted() {
                answers.onNext(PipelinedAnswers.newBuilder().addAnswers(answer).build());
            }
        };
    }

    private <T> void answer(String call, StreamObserver<T> response, T message) {
        unaryCalls.add(call);
        Optional<RegistryException.Code> code = unaryRefusal.apply(call);
        if (code.isPresent()) {
            Metadata trailers = new Metadata();
            trailers.put(CODE, code.get().name());
            response.onError(
                    Status.UNAVAILABLE.withDescription("the test says so").asRuntimeException(trailers));
        } else if (!unarySilent) {
            response.onNext(message);
            response.onCompleted();
        }
    }

    /** One client's stream, as the server has seen it so far. */
    final class Stream implements StreamObserver<ClientMessage> {
        private final StreamObserver<ServerMessage> responses;
        private final List<ClientMessage> requests = new ArrayList<>();
        private boolean over;

        private Stream(StreamObserver<ServerMessage> responses) {
            this.responses = responses;
        }

        /** All requests but pings. */
        synchronized List<ClientMessage> requests() {
            return List.copyOf(requests);
        }

        List<RequestCase> kinds() {
            return requests().stream().map(ClientMessage::getRequestCase).toList();
        }

        List<ClientMessage> requests(RequestCase kind) {
            return requests().stream()
                    .filter(request -> request.getRequestCase() == kind)
                    .toList();
        }

        synchronized boolean over() {
            return over;
        }

        synchronized void send(ServerMessage.Builder message) {
            responses.onNext(message.build());
        }

        void push(ServiceView view) {
            send(ServerMessage.newBuilder().setView(Codec.encode(view)));
        }

        void push(ViewDelta delta) {
            send(ServerMessage.newBuilder().setViewDelta(DeltaCodec.encode(delta)));
        }

        void push(ServiceNames.Change names) {
            NamesCodec.messages(names)
                    .forEach(part -> send(ServerMessage.newBuilder().setServices(part)));
        }

        void members(String... addresses) {
            send(ServerMessage.newBuilder().setMembers(Members.newBuilder().addAllAddresses(List.of(addresses))));
        }

        void drain() {
            send(ServerMessage.newBuilder().setDraining(Draining.getDefaultInstance()));
        }

        /** Answers a request that was held. */
        void done(ClientMessage request) {
            send(ServerMessage.newBuilder().setRequestId(request.getRequestId()).setDone(Done.getDefaultInstance()));
        }

        /** The connection breaks. */
        synchronized void drop() {
            over = true;
            responses.onError(
                    Status.UNAVAILABLE.withDescription("dropped by the test").asRuntimeException());
        }

        @Override
        public void onNext(ClientMessage message) {
            if (message.hasBatch()) {
                batches.incrementAndGet();
                message.getBatch().getMessagesList().forEach(this::handle);
            } else {
                handle(message);
            }
        }

        private void handle(ClientMessage message) {
            RequestCase kind = message.getRequestCase();
            if (kind != RequestCase.PING) {
                synchronized (this) {
                    requests.add(message);
                }
            }
            replies.getOrDefault(kind, this::usual)
                    .apply(message)
                    .ifPresent(reply -> send(reply.setRequestId(message.getRequestId())));
        }

        private Optional<ServerMessage.Builder> usual(ClientMessage message) {
            if (message.getRequestCase() != RequestCase.OPEN) {
                return Optional.of(
                        ServerMessage.newBuilder().setDone(Done.newBuilder().setRevision(message.getRequestId())));
            }
            String id = message.getOpen().getSessionId();
            return Optional.of(ServerMessage.newBuilder()
                    .setOpened(Opened.newBuilder()
                            .setSessionId(id.isEmpty() ? "session" + EPOCHS.incrementAndGet() : id)
                            .setToken("secret of " + address())
                            .setEpoch(EPOCHS.incrementAndGet())
                            .setBatches(takesBatches)
                            .setResumed(!id.isEmpty())));
        }

        @Override
        public synchronized void onError(Throwable failure) {
            over = true;
        }

        @Override
        public synchronized void onCompleted() {
            over = true;
            responses.onCompleted();
        }
    }
}
