package io.gemel.consistency.health;

import io.gemel.naming.Change;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import io.gemel.naming.TokenBucket;
import io.gemel.naming.Written;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verdicts on their way into the log: together, one entry at a time, and not more than a rate. Confined to the loop of the checks.
 *
 * <p>One for each instance at most waits, the newest (I7); one that is no longer true when its turn comes is never written.
 */
final class Verdicts {
    private static final Logger LOG = LoggerFactory.getLogger(Verdicts.class);

    /** Each node's share. A storm takes longer to be seen, and leaves the log to others. */
    static final int PER_SECOND = 25;

    static final int BURST = 25;

    private static final long PAUSE_NANOS = 200_000_000;

    private final Ticker ticker;
    private final Function<Change, CompletableFuture<Written>> write;
    private final TokenBucket bucket;
    private final Map<CheckTarget, HealthVerdict> waiting = new LinkedHashMap<>();
    private CompletableFuture<Written> underWay = CompletableFuture.completedFuture(new Written(0));
    private long writtenNanos;
    private boolean limited;

    Verdicts(Ticker ticker, Function<Change, CompletableFuture<Written>> write) {
        this.ticker = ticker;
        this.write = write;
        this.bucket = new TokenBucket(PER_SECOND, BURST, ticker);
        this.writtenNanos = ticker.nanos() - PAUSE_NANOS;
    }

    void add(CheckTarget target, HealthVerdict verdict) {
        waiting.put(target, verdict);
    }

    /** What was to be written of {@code target} is not true any more. */
    void remove(CheckTarget target) {
        waiting.remove(target);
    }

    int waiting() {
        return waiting.size();
    }

    /** Writes what waits, as far as the rate allows. */
    void flush() {
        boolean early = ticker.nanos() - writtenNanos < PAUSE_NANOS;
        if (waiting.isEmpty() || early || !underWay.isDone()) {
            return;
        }
        int count = bucket.take(waiting.size());
        if (count < waiting.size() != limited) {
            limited = !limited;
            LOG.warn("changes of health {} waiting={}", limited ? "limited" : "no longer limited", waiting.size());
        }
        List<HealthVerdict> batch = new ArrayList<>(count);
        Iterator<HealthVerdict> next = waiting.values().iterator();
        while (batch.size() < count) {
            batch.add(next.next());
            next.remove();
        }
        if (batch.isEmpty()) {
            return;
        }
        writtenNanos = ticker.nanos();
        underWay = write.apply(new Change.SetHealth(batch));
        var unused = underWay.whenComplete((written, failure) -> {
            if (failure == null) {
                batch.forEach(Verdicts::told);
            } else {
                // each next result of a check that still differs brings its verdict again
                LOG.info("health not written instances={} cause={}", batch.size(), cause(failure));
            }
        });
    }

    private static void told(HealthVerdict verdict) {
        LOG.info(
                "health changed service={} instance={} healthy={} cause={}",
                verdict.service(),
                verdict.key(),
                verdict.healthy(),
                verdict.cause());
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof RegistryException refusal
                ? refusal.code() + ": " + refusal.getMessage()
                : String.valueOf(cause);
    }
}
