package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.Refusals;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Where calls come into the client's loop, so many at a time, and their answers out. Thread-safe. */
final class Entrance {
    private static final int CALLS_MAX = 4_096;

    private final ClientLoop loop;
    private final Semaphore permits = new Semaphore(CALLS_MAX);
    private final Set<Caller<?>> inside = ConcurrentHashMap.newKeySet();
    private volatile boolean shut;

    Entrance(ClientLoop loop) {
        this.loop = loop;
    }

    /** No call comes in from now on. */
    void shut() {
        shut = true;
    }

    boolean isShut() {
        return shut;
    }

    /** Runs {@code task} in the loop. The result is the caller's own: cancelling it does not touch what goes on inside. */
    <T> CompletableFuture<T> inLoop(Supplier<CompletableFuture<T>> task) {
        if (shut) {
            return CompletableFuture.failedFuture(RegistryClient.closed());
        }
        if (!permits.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    new RegistryException(Code.OVERLOADED, "this client has " + CALLS_MAX + " calls under way"));
        }
        Caller<T> caller = new Caller<>();
        inside.add(caller);
        boolean posted = loop.post(() -> {
            CompletableFuture<T> answer = shut ? CompletableFuture.failedFuture(RegistryClient.closed()) : task.get();
            var unused = answer.whenComplete((value, failure) -> {
                leaves(caller);
                if (failure == null) {
                    caller.result.complete(value);
                } else {
                    caller.result.completeExceptionally(Refusals.received(failure, Refusals.Call.WRITE));
                }
            });
        });
        if (!posted) {
            leaves(caller);
            caller.result.completeExceptionally(RegistryClient.closed());
        }
        return caller.result;
    }

    private void leaves(Caller<?> caller) {
        inside.remove(caller);
        permits.release();
    }

    /** Fails the calls that have come in and got no answer. For when none will come. */
    void failAll(RegistryException why) {
        inside.forEach(caller -> caller.result.completeExceptionally(why));
        inside.clear();
    }

    /** Who waits for a result. */
    private static final class Caller<T> {
        final CompletableFuture<T> result = new CompletableFuture<>();
    }
}
