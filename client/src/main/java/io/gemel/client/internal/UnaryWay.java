package io.gemel.client.internal;

import io.gemel.client.internal.Calls.Attempt;
import io.gemel.client.internal.Calls.Outcome;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import io.gemel.transport.grpc.Refusals;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call by itself: for what is not asked often. Confined to the client's loop. */
record UnaryWay<Q, R>(ClientLoop loop, Ticker ticker, Channels channels, MethodDescriptor<Q, R> method, Q request)
        implements Calls.Way<R> {
    @Override
    public void attempt(Attempt attempt, Outcome<R> outcome) {
        long now = ticker.nanos();
        Departure departure = new Departure();
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(attempt.answerNanos() - now, TimeUnit.NANOSECONDS)
                .withStreamTracerFactory(departure);
        StreamObserver<R> observer = new StreamObserver<>() {
            private @Nullable R answer;

            @Override
            public void onNext(R value) {
                answer = value;
            }

            @Override
            public void onError(Throwable failure) {
                Refusals.Call kind = departure.departed ? attempt.kind() : Refusals.Call.READ;
                RegistryException why = Refusals.received(failure, kind);
                loop.post(() -> outcome.failed(why));
            }

            @Override
            public void onCompleted() {
                R received = answer;
                loop.post(() -> outcome.answered(received));
            }
        };
        ClientCall<Q, R> call = channels.channel(attempt.address()).newCall(method, options);
        ClientCalls.asyncUnaryCall(call, request, observer);
        if (attempt.leaveNanos() != attempt.answerNanos()) {
            var unused = loop.after(Duration.ofNanos(attempt.leaveNanos() - now), () -> {
                if (!departure.departed) {
                    call.cancel("no connection in time", null);
                }
            });
        }
    }

    /** Notices whether a request has left for a server at all: one that has not cannot have done anything. */
    private static final class Departure extends ClientStreamTracer.Factory {
        volatile boolean departed;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundMessage(int sequence) {
                    departed = true;
                }

                @Override
                public void streamClosed(Status status) {}
            };
        }
    }
}
