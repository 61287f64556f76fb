package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that need no session, with failover. Confined to the client's loop, in which their futures complete.
 *
 * <p>A call goes to the session's server first: a connection to it is open, and it is likely to be well. It moves on to another
 * server only if nothing was done, and goes round again with back-off as long as it has time: a cluster that elects a
 * leader answers NO_LEADER for a moment.
 */
final class UnaryCalls {
    private static final Duration ROUND_WAIT = Duration.ofMillis(50);
    private static final Duration ROUND_WAIT_MAX = Duration.ofMillis(400);

    private final ClientLoop loop;
    private final Ticker ticker;
    private final Duration timeout;
    private final ServerList servers;
    private final Channels channels;
    private final Supplier<Optional<String>> preferred;
    private final Set<Attempts<?, ?>> underWay = new HashSet<>();

    /**
     * What to call.
     *
     * @param name for people
     */
    record Call<Q, R>(String name, MethodDescriptor<Q, R> method, Q request, Refusals.Call kind) {}

    UnaryCalls(
            ClientLoop loop,
            Ticker ticker,
            Duration timeout,
            ServerList servers,
            Channels channels,
            Supplier<Optional<String>> preferred) {
        this.loop = loop;
        this.ticker = ticker;
        this.timeout = timeout;
        this.servers = servers;
        this.channels = channels;
        this.preferred = preferred;
    }

    /** Calls whichever server can answer. */
    <Q, R> CompletableFuture<R> call(Call<Q, R> call) {
        return begin(new Attempts<>(call, Optional.empty()));
    }

    /** Calls this server and no other. */
    <Q, R> CompletableFuture<R> callAt(String address, Call<Q, R> call) {
        return begin(new Attempts<>(call, Optional.of(address)));
    }

    void failAll(RegistryException why) {
        Set.copyOf(underWay).forEach(attempts -> attempts.finish(why));
    }

    private <Q, R> CompletableFuture<R> begin(Attempts<Q, R> attempts) {
        underWay.add(attempts);
        attempts.tryNext();
        return attempts.result;
    }

    /** One call and its attempts so far. */
    private final class Attempts<Q, R> {
        final CompletableFuture<R> result = new CompletableFuture<>();
        private final Call<Q, R> call;
        private final Optional<String> only;
        private final long deadlineNanos = ticker.nanos() + timeout.toNanos();
        private final Set<String> tried = new HashSet<>();
        private Duration wait = ROUND_WAIT;
        private @Nullable RegistryException told; // by a server, rather than that there is none

        Attempts(Call<Q, R> call, Optional<String> only) {
            this.call = call;
            this.only = only;
        }

        void tryNext() {
            List<String> candidates = only.map(List::of)
                    .orElseGet(() -> servers.from(preferred.get().map(List::of).orElse(List.of())));
            Optional<String> next = candidates.stream()
                    .filter(address -> !tried.contains(address))
                    .findFirst();
            next.ifPresent(address -> {
                tried.add(address);
                send(address, candidates.size() - tried.size());
            });
            if (next.isEmpty()) {
                nextRound();
            }
        }

        /** A read may leave a silent server in time to ask another one; of a write it could not be said what it did. */
        private long attemptNanos(int others) {
            long remaining = Math.max(1, deadlineNanos - ticker.nanos());
            return call.kind() == Refusals.Call.READ && others > 0 ? remaining / 2 : remaining;
        }

        private void nextRound() {
            tried.clear();
            var unused = loop.after(wait, this::tryNext);
            Duration doubled = wait.multipliedBy(2);
            wait = doubled.compareTo(ROUND_WAIT_MAX) > 0 ? ROUND_WAIT_MAX : doubled;
        }

        private void send(String address, int others) {
            long nanos = attemptNanos(others);
            Departure departure = new Departure();
            CallOptions options = CallOptions.DEFAULT
                    .withDeadlineAfter(nanos, TimeUnit.NANOSECONDS)
                    .withStreamTracerFactory(departure);
            StreamObserver<R> observer = new StreamObserver<>() {
                private @Nullable R answer;

                @Override
                public void onNext(R value) {
                    answer = value;
                }

                @Override
                public void onError(Throwable failure) {
                    Refusals.Call kind = departure.departed ? call.kind() : Refusals.Call.READ;
                    RegistryException why = Refusals.received(failure, kind);
                    loop.post(() -> failed(address, why));
                }

                @Override
                public void onCompleted() {
                    R received = answer;
                    loop.post(() -> answered(address, received));
                }
            };
            ClientCall<Q, R> attempt = channels.channel(address).newCall(call.method(), options);
            ClientCalls.asyncUnaryCall(attempt, call.request(), observer);
            if (call.kind() == Refusals.Call.WRITE && others > 0) {
                var unused = loop.after(Duration.ofNanos(nanos / 2), () -> {
                    if (!departure.departed) {
                        attempt.cancel("no connection in time", null);
                    }
                });
            }
        }

        private void answered(String address, @Nullable R answer) {
            if (answer == null) {
                finish(new RegistryException(Code.UNKNOWN_OUTCOME, "an empty answer to " + call.name()));
            } else if (underWay.remove(this)) {
                servers.answered(address);
                if (only.isPresent()) {
                    discard(address);
                }
                result.complete(answer);
            }
        }

        private void failed(String address, RegistryException why) {
            if (!underWay.contains(this)) {
                return;
            }
            if (why.code() == Code.UNAVAILABLE || only.isPresent()) {
                discard(address);
            }
            if (!elsewhere(why)) {
                finish(why);
                return;
            }
            servers.failed(address, Failures.text(why));
            if (why.code() != Code.UNAVAILABLE) {
                told = why;
            }
            // A write begun too late could only turn what is known to be undone into an unknown outcome.
            long remaining = deadlineNanos - ticker.nanos() - wait.toNanos();
            if (only.isPresent()) {
                finish(named(address, why));
            } else if (remaining <= timeout.toNanos() / 10) {
                finish(exhausted(told == null ? why : told));
            } else {
                tryNext();
            }
        }

        /** The session has its own opinion of the channel that it uses. */
        private void discard(String address) {
            if (!preferred.get().equals(Optional.of(address))) {
                channels.discard(address);
            }
        }

        private RegistryException named(String address, RegistryException why) {
            return new RegistryException(why.code(), address + ": " + Failures.text(why), why);
        }

        private RegistryException exhausted(RegistryException last) {
            return new RegistryException(
                    last.code(), call.name() + ": not done within " + timeout + " (" + servers.failures() + ")", last);
        }

        private void finish(RegistryException why) {
            if (underWay.remove(this)) {
                result.completeExceptionally(why);
            }
        }
    }

    /** Whether another server, or the same one a little later, may do better. What is not sure to be undone stays here. */
    private static boolean elsewhere(RegistryException why) {
        return switch (why.code()) {
            case NOT_READY, NO_LEADER, SHUTTING_DOWN, UNAVAILABLE -> why.code().nothingDone();
            case BAD_REQUEST,
                    NOT_FOUND,
                    DURABILITY_CONFLICT,
                    REVISION_CONFLICT,
                    MEMBERSHIP_REFUSED,
                    NOT_EMPTY,
                    DISK_LOW,
                    NO_SESSION,
                    UNKNOWN_SESSION,
                    SESSION_MOVED,
                    OVERLOADED,
                    UNKNOWN_OUTCOME -> false;
        };
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
