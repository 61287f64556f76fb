package io.gemel.consistency.raft;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of this node when Raft cannot go on, as when a disk fails: it takes part in nothing any more, is not ready, and says
 * why, for as long as it takes to be seen and for clients to go elsewhere; then the process ends, to be started anew.
 *
 * <p>RocksDB does not say what is on a disk on which a write has failed; only opening it again tells. Thread-safe.
 */
final class RaftFailure implements Consumer<Throwable> {
    static final Duration SHOWN = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(RaftFailure.class);
    private static final String PART = "failed";

    private final RaftConsistency.Local local;
    private final Cure cure;
    private final Runnable withdraw;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile long sinceNanos;
    private boolean told;

    /** {@code withdraw} leaves the group, without waiting. */
    RaftFailure(RaftConsistency.Local local, Cure cure, Runnable withdraw) {
        this.local = local;
        this.cure = cure;
        this.withdraw = withdraw;
    }

    /** The first one counts. */
    @Override
    public void accept(Throwable cause) {
        if (failure.get() == null) {
            sinceNanos = local.ticker().nanos(); // before it can be asked
        }
        if (!failure.compareAndSet(null, cause)) {
            return;
        }
        String words = "raft cannot go on: %s; %s".formatted(cause.getMessage(), cure.of(cause));
        local.readiness().block(PART, words);
        LOG.error(words, cause);
        try {
            withdraw.run();
        } catch (RejectedExecutionException closing) {
            LOG.debug("leaves the group already", closing);
        }
    }

    /** To be called now and then, on one thread. */
    void tick() {
        Throwable cause = failure.get();
        if (cause != null && !told && local.ticker().nanos() - sinceNanos >= SHOWN.toNanos()) {
            told = true;
            local.fatal().accept(cause);
        }
    }
}
