package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.Refusals;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes callers wait. Any thread but the client's loop. */
final class Awaiting {
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(Awaiting.class);

    private Awaiting() {}

    /** What {@code future} brings; throws {@link RegistryException} if it fails. */
    static <T> T answer(CompletableFuture<T> future, Duration timeout) {
        try {
            // The future keeps the time itself; this is for the case that the client is closed at the same moment.
            return future.get(timeout.plus(MARGIN).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RegistryException(Code.UNKNOWN_OUTCOME, "no answer within " + timeout, e);
        } catch (ExecutionException e) {
            RegistryException refusal = Refusals.received(e, Refusals.Call.WRITE);
            // A new one, so that its stack trace is the caller's.
            throw new RegistryException(refusal.code(), String.valueOf(refusal.getMessage()), refusal);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(Code.UNKNOWN_OUTCOME, "interrupted while waiting for the answer", e);
        }
    }

    /** Waits until the server has answered, or for {@code limit}; false if the thread is interrupted before. */
    static boolean goodbye(CompletableFuture<Void> goodbye, Duration limit) {
        try {
            goodbye.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn("session not closed in time, its instances go when it expires");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("a goodbye does not fail", e);
        }
        return true;
    }
}
