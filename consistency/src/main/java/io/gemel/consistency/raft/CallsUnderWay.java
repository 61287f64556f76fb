package io.gemel.consistency.raft;

import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every request under way, a bounded number. Those that wait are tried again, and those whose time is over ended, at each
 * {@link #tick}: there is no other timer. Thread-safe.
 */
final class CallsUnderWay {
    /** A client whose time is the request timeout, too, is to hear that there is no leader, and to have time left to ask another server. */
    private static final double IN_VAIN = 0.4;

    private final RaftConfig config;
    private final Ticker ticker;
    private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();

    CallsUnderWay(RaftConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
    }

    /**
     * A new call of a caller, ended after the request timeout, or after less than half of it if nothing could be begun by then; throws {@code OVERLOADED}
     * if there are too many.
     */
    <T> Call<T> admit(RegistryException.Code codeIfLate, String reasonIfLate) {
        if (calls.size() >= config.inFlightMax()) {
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED, config.inFlightMax() + " persistent requests are under way");
        }
        return track(codeIfLate, reasonIfLate);
    }

    /** A new call of this node itself. */
    <T> Call<T> track(RegistryException.Code codeIfLate, String reasonIfLate) {
        long nanos = config.requestTimeout().toNanos();
        return track(nanos, (long) (nanos * IN_VAIN), codeIfLate, reasonIfLate);
    }

    /** A question of this node to the leader, ended after the election timeout: one that is silent for so long has been replaced. */
    <T> Call<T> question(String reasonIfLate) {
        long nanos = config.electionTimeout().toNanos();
        return track(nanos, nanos, RegistryException.Code.NO_LEADER, reasonIfLate);
    }

    private <T> Call<T> track(long nanos, long inVainNanos, RegistryException.Code codeIfLate, String reasonIfLate) {
        long now = ticker.nanos();
        Call<T> call = new Call<>(now + nanos, now + inVainNanos, codeIfLate, reasonIfLate);
        calls.add(call);
        var unused = call.future().whenComplete((result, failure) -> calls.remove(call));
        return call;
    }

    long nanosLeft(Call<?> call) {
        return Math.max(1, call.nanosLeft(ticker.nanos()));
    }

    boolean any() {
        return !calls.isEmpty();
    }

    void tick(boolean leaderless) {
        long now = ticker.nanos();
        for (Call<?> call : calls) {
            if (call.over(now, leaderless)) {
                call.giveUp();
            } else {
                call.resume();
            }
        }
    }

    /** This node stops: what is under way ends with what is known of it. */
    void giveUp() {
        calls.forEach(Call::giveUp);
    }
}
