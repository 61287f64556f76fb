package io.gemel.consistency.cluster;

import static java.util.Objects.requireNonNull;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A unary method whose calls from one member to another share a stream, on which requests and answers are messages: so a call costs no
 * headers, no stream, and no timer of its own. Requests arrive in the order in which they were made; answers leave as they come about. A
 * call that fails leaves the others alone. Immutable.
 */
public final class StreamedMethod<Q, A> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamedMethod.class);

    private final MethodDescriptor<Q, A> unary;
    private final MethodDescriptor<Frame<Q>, Frame<A>> streamed;

    /** {@code unary} once more, as a stream by the name of {@code name} in the same service. */
    public StreamedMethod(MethodDescriptor<Q, A> unary, String name) {
        this.unary = unary;
        this.streamed = MethodDescriptor.<Frame<Q>, Frame<A>>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(
                        MethodDescriptor.generateFullMethodName(requireNonNull(unary.getServiceName()), name))
                .setRequestMarshaller(new FrameMarshaller<>(unary.getRequestMarshaller()))
                .setResponseMarshaller(new FrameMarshaller<>(unary.getResponseMarshaller()))
                .build();
    }

    /** Answers a request as a unary method does: at any time, on any thread, with one answer or an error. */
    @FunctionalInterface
    public interface Handler<Q, A> {
        /** Must not wait: it is called on the network thread. */
        void handle(Q request, StreamObserver<A> answer);
    }

    /** Decides who may open a stream. */
    @FunctionalInterface
    public interface Opening<Q, A> {
        /** What handles the requests of the stream {@code call}; empty if it closed it. */
        Optional<Handler<Q, A>> open(ServerCall<?, ?> call, Metadata headers);
    }

    /** The serving side, for one that handles whatever it is asked. */
    public ServerMethodDefinition<?, ?> serveAll(Handler<Q, A> handler) {
        return serve((call, headers) -> Optional.of(handler));
    }

    /** The serving side, for one that looks at each stream first. */
    public ServerMethodDefinition<?, ?> serve(Opening<Q, A> opening) {
        return ServerMethodDefinition.create(streamed, new ServerCallHandler<>() {
            @Override
            public ServerCall.Listener<Frame<Q>> startCall(ServerCall<Frame<Q>, Frame<A>> call, Metadata headers) {
                Optional<Handler<Q, A>> handler = opening.open(call, headers);
                return handler.isEmpty()
                        ? new ServerCall.Listener<>() {}
                        : ServerCalls.<Frame<Q>, Frame<A>>asyncBidiStreamingCall(
                                        answers -> new Requests<>(handler.get(), answers))
                                .startCall(call, headers);
            }
        });
    }

    MethodDescriptor<Q, A> unary() {
        return unary;
    }

    MethodDescriptor<Frame<Q>, Frame<A>> streamed() {
        return streamed;
    }

    /** The serving side of one stream. */
    private static final class Requests<Q, A> implements StreamObserver<Frame<Q>> {
        private final Handler<Q, A> handler;
        private final StreamObserver<Frame<A>> answers;
        private boolean over;

        Requests(Handler<Q, A> handler, StreamObserver<Frame<A>> answers) {
            this.handler = handler;
            this.answers = answers;
            // Without a handler, answering on a stream that broke would throw at whoever answers.
            ((ServerCallStreamObserver<?>) answers).setOnCancelHandler(() -> {});
        }

        @Override
        @SuppressWarnings("IllegalCatch") // what one request makes a handler throw would end the stream of all others
        public void onNext(Frame<Q> request) {
            if (request.message() == null) {
                return;
            }
            Answer answer = new Answer(request.call());
            try {
                handler.handle(request.message(), answer);
            } catch (RuntimeException e) {
                LOG.error("call of a member failed", e);
                answer.onError(
                        Status.UNKNOWN.withDescription("the handler failed").asRuntimeException());
            }
        }

        @Override
        public void onError(Throwable failure) {
            end();
        }

        @Override
        public void onCompleted() {
            if (end()) {
                answers.onCompleted();
            }
        }

        private synchronized boolean end() {
            boolean first = !over;
            over = true;
            return first;
        }

        private synchronized void send(Frame<A> frame) {
            if (!over) {
                answers.onNext(frame);
            }
        }

        private final class Answer implements StreamObserver<A> {
            private final long call;

            Answer(long call) {
                this.call = call;
            }

            @Override
            public void onNext(A answer) {
                send(Frame.of(call, answer));
            }

            @Override
            public void onError(Throwable failure) {
                send(Frame.failed(call, Status.fromThrowable(failure)));
            }

            @Override
            public void onCompleted() {
                // its one answer was all
            }
        }
    }
}
