package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Ticker;
import io.gemel.transport.grpc.Refusals;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that need no session, with failover. Confined to the client's loop, in which their futures complete.
 *
 * <p>A call goes to the session's server first: a connection to it is open, and it is likely to be well. It moves on to another
 * server only if nothing was done, and goes round again with back-off as long as it has time: a cluster that elects a
 * leader answers NO_LEADER for a moment.
 */
final class Calls {
    private static final Duration ROUND_WAIT = Duration.ofMillis(50);
    private static final Duration ROUND_WAIT_MAX = Duration.ofMillis(400);

    private final ClientLoop loop;
    private final Ticker ticker;
    private final Duration timeout;
    private final ServerList servers;
    private final Channels channels;
    private final Supplier<Optional<String>> preferred;
    private final Set<Attempts<?>> underWay = new HashSet<>();

    /**
     * What to call.
     *
     * @param name for people
     */
    record Call<R>(String name, Refusals.Call kind, Way<R> way) {}

    /** How a call gets to a server and its answer back. */
    interface Way<R> {
        /** Sends it; tells {@code outcome} once, in the loop. */
        void attempt(Attempt attempt, Outcome<R> outcome);
    }

    /**
     * One attempt of a call.
     *
     * @param leaveNanos by when the request must have left: later, another server is asked instead
     * @param answerNanos by when the answer must have come
     */
    record Attempt(String address, Refusals.Call kind, long leaveNanos, long answerNanos) {}

    /** What became of an attempt. */
    interface Outcome<R> {
        void answered(@Nullable R answer);

        void failed(RegistryException why);
    }

    Calls(
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
    <R> CompletableFuture<R> call(Call<R> call) {
        return begin(new Attempts<>(call, Optional.empty()));
    }

    /** Calls this server and no other. */
    <R> CompletableFuture<R> callAt(String address, Call<R> call) {
        return begin(new Attempts<>(call, Optional.of(address)));
    }

    /** The client is closed, which fails all with {@code why}: but not a write that a server may have, of which it cannot be said what it did. */
    void failAll(RegistryException why) {
        Set.copyOf(underWay).forEach(attempts -> attempts.close(why));
    }

    private <R> CompletableFuture<R> begin(Attempts<R> attempts) {
        underWay.add(attempts);
        attempts.tryNext();
        return attempts.result;
    }

    /** One call and its attempts so far. */
    private final class Attempts<R> {
        final CompletableFuture<R> result = new CompletableFuture<>();
        private final Call<R> call;
        private final Optional<String> only;
        private final long deadlineNanos = ticker.nanos() + timeout.toNanos();
        private final Set<String> tried = new HashSet<>();
        private Duration wait = ROUND_WAIT;
        private long sentNanos = ticker.nanos();
        private boolean atServer;
        private @Nullable RegistryException told; // by a server, rather than that there is none

        Attempts(Call<R> call, Optional<String> only) {
            this.call = call;
            this.only = only;
        }

        void tryNext() {
            if (!underWay.contains(this)) {
                return; // its caller has been told something else while it waited for its next round
            }
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
            long now = ticker.nanos();
            sentNanos = now;
            boolean leavesInTime = call.kind() == Refusals.Call.WRITE && others > 0;
            Attempt attempt = new Attempt(address, call.kind(), now + (leavesInTime ? nanos / 2 : nanos), now + nanos);
            atServer = true;
            call.way().attempt(attempt, new Outcome<>() {
                @Override
                public void answered(@Nullable R answer) {
                    Attempts.this.answered(address, answer);
                }

                @Override
                public void failed(RegistryException why) {
                    Attempts.this.failed(address, why);
                }
            });
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
            atServer = false;
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
            long now = ticker.nanos();
            long remaining = deadlineNanos - now - wait.toNanos();
            if (only.isPresent()) {
                finish(named(address, why));
            } else if (remaining <= leastNanos(now - sentNanos)) {
                finish(exhausted(told == null ? why : told));
            } else {
                tryNext();
            }
        }

        /** A write that is likely to be cut off could only turn what is known to be undone into an unknown outcome. */
        private long leastNanos(long lastTookNanos) {
            long least = timeout.toNanos() / 10;
            return call.kind() == Refusals.Call.WRITE ? least + lastTookNanos : least;
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
                    last.code(),
                    "%s: not done within %s (%s)".formatted(call.name(), Failures.text(timeout), servers.failures()),
                    last);
        }

        void close(RegistryException why) {
            boolean mayBeDone = atServer && call.kind() == Refusals.Call.WRITE;
            finish(
                    mayBeDone
                            ? new RegistryException(
                                    Code.UNKNOWN_OUTCOME,
                                    "%s: this client was closed before the answer came".formatted(call.name()))
                            : why);
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
}
