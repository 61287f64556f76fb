package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import io.gemel.naming.Ticker;
import java.time.Duration;

/**
 * How fast snapshots are copied from and to this node: so many bytes a second, and what a second allows at most at once.
 *
 * <p>JRaft's own asks for a second's patience when a tenth of it is used up, and so allows a tenth of what it was told. Here
 * what was waited for has accrued. Thread-safe.
 */
final class CopyPace implements SnapshotThrottle {
    /** What JRaft asks for at once; less is not worth a call. */
    private static final long PIECE_BYTES = 128 * 1024;

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final long bytesPerSecond;
    private final long burstBytes;
    private final Ticker ticker;
    private double availableBytes;
    private long seenNanos;

    CopyPace(long bytesPerSecond, Ticker ticker) {
        this.bytesPerSecond = bytesPerSecond;
        this.burstBytes = Math.max(bytesPerSecond, PIECE_BYTES);
        this.ticker = ticker;
        this.availableBytes = (double) burstBytes;
        this.seenNanos = ticker.nanos();
    }

    /** How many of {@code bytes} may be copied now; 0: ask again in a second. */
    @Override
    public synchronized long throttledByThroughput(long bytes) {
        if (bytes == Integer.MAX_VALUE) {
            return bytes; // the list of files, whose size JRaft does not know; it is small
        }
        long now = ticker.nanos();
        double accrued = (double) (now - seenNanos) / SECOND_NANOS * (double) bytesPerSecond;
        availableBytes = Math.min((double) burstBytes, availableBytes + accrued);
        seenNanos = now;
        long granted = Math.min(bytes, PIECE_BYTES);
        if (availableBytes < granted) {
            return 0;
        }
        availableBytes -= granted;
        return granted;
    }
}
