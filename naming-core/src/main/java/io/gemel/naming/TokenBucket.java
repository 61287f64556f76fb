package io.gemel.naming;

/** Lets so much through in a second, and a burst at first or after a pause. Confined. */
public final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final double burst;
    private final Ticker ticker;
    private double tokens;
    private long filledNanos;

    /** A full one. */
    public TokenBucket(double perSecond, int burst, Ticker ticker) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.ticker = ticker;
        this.tokens = burst;
        this.filledNanos = ticker.nanos();
    }

    /** Takes as many as there are, at most {@code wanted}. */
    public int take(int wanted) {
        long now = ticker.nanos();
        tokens = Math.min(burst, tokens + (now - filledNanos) / NANOS_PER_SECOND * perSecond);
        filledNanos = now;
        int taken = Math.min(wanted, (int) tokens);
        tokens -= taken;
        return taken;
    }
}
