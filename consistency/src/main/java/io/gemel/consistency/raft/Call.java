package io.gemel.consistency.raft;

import io.gemel.naming.RegistryException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One write or read under way: what its caller waits for, until when, and what is true if the time is over.
 *
 * <p>Thread-safe; whoever completes it first wins.
 */
final class Call<T> {
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final long deadlineNanos;
    private final long inVainNanos;
    private final AtomicReference<@Nullable Runnable> parked = new AtomicReference<>();
    private RegistryException.Code codeIfLate;
    private String reasonIfLate;
    private boolean givenUp;

    /** A new one with time until {@code deadlineNanos}. */
    Call(long deadlineNanos, RegistryException.Code codeIfLate, String reasonIfLate) {
        this(deadlineNanos, deadlineNanos, codeIfLate, reasonIfLate);
    }

    /**
     * A new one.
     *
     * @param deadlineNanos by when it is over
     * @param inVainNanos by when it is over if nothing is done by then
     */
    Call(long deadlineNanos, long inVainNanos, RegistryException.Code codeIfLate, String reasonIfLate) {
        this.deadlineNanos = deadlineNanos;
        this.inVainNanos = inVainNanos;
        this.codeIfLate = codeIfLate;
        this.reasonIfLate = reasonIfLate;
    }

    CompletableFuture<T> future() {
        return future;
    }

    boolean done() {
        return future.isDone();
    }

    long nanosLeft(long nowNanos) {
        return deadlineNanos - nowNanos;
    }

    /**
     * Whether its time is over. What has waited in vain, for a leader while nobody leads or for this node to be far enough, is so sooner: its caller may
     * have more luck at another server. Behind a leader that is slow it may still have its turn.
     */
    synchronized boolean over(long nowNanos, boolean leaderless) {
        boolean inVain = codeIfLate == RegistryException.Code.NOT_READY
                || (leaderless && codeIfLate == RegistryException.Code.NO_LEADER);
        return deadlineNanos - nowNanos <= 0 || (inVain && inVainNanos - nowNanos <= 0);
    }

    /** From now on running out of time means this; whether the call is still open, so that what it says may be begun. */
    synchronized boolean ifLate(RegistryException.Code code, String reason) {
        codeIfLate = code;
        reasonIfLate = reason;
        return !givenUp && !done();
    }

    void complete(T result) {
        future.complete(result);
    }

    void fail(RegistryException failure) {
        future.completeExceptionally(failure);
    }

    /** Fails the call with what is known of it so far. */
    void giveUp() {
        RegistryException known;
        synchronized (this) {
            givenUp = true;
            known = new RegistryException(codeIfLate, reasonIfLate);
        }
        fail(known);
    }

    /** Leaves {@code attempt} to be made at the next {@link #resume()}. Nothing of an earlier attempt may be under way. */
    void park(Runnable attempt) {
        parked.set(attempt);
    }

    /** Makes the parked attempt, if there is one. */
    void resume() {
        Runnable attempt = parked.getAndSet(null);
        if (attempt != null) {
            attempt.run();
        }
    }
}
