package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotResponse;
import com.google.protobuf.Message;
import io.gemel.naming.Readiness;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disk from running full: with less than a floor free, no new writes are begun here; with less than half of that, this
 * node also takes none that another leads, and no snapshot. What it has it keeps and serves; it goes on by itself once there is room.
 *
 * <p>A disk that is really full stops the node in the middle of a write instead, since RocksDB cannot go on then. Thread-safe.
 */
final class DiskGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
    private static final String PART = "disk";
    private static final long INTERVAL_NANOS = Duration.ofMillis(500).toNanos();

    private final Path dataDir;
    private final long freeBytesMin;
    private final Free free;
    private final Ticker ticker;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile long lookedNanos;
    private volatile long freeBytes = Long.MAX_VALUE;
    private volatile boolean low;

    /** How much room there is, in bytes. */
    interface Free {
        long bytes() throws IOException;
    }

    DiskGuard(Path dataDir, long freeBytesMin, Ticker ticker) {
        this(dataDir, freeBytesMin, () -> Files.getFileStore(dataDir).getUsableSpace(), ticker);
    }

    DiskGuard(Path dataDir, long freeBytesMin, Free free, Ticker ticker) {
        this.dataDir = dataDir;
        this.freeBytesMin = freeBytesMin;
        this.free = free;
        this.ticker = ticker;
        this.lookedNanos = ticker.nanos() - INTERVAL_NANOS;
    }

    /** Whether it is time to {@link #look}, which the caller then has to do. */
    boolean due() {
        return ticker.nanos() - lookedNanos >= INTERVAL_NANOS && looking.compareAndSet(false, true);
    }

    /** That it was due came to nothing, so it is due again. */
    void notLooked() {
        looking.set(false);
    }

    /**
     * Looks how much room there is, which may wait for the disk, and notes in {@code readiness} if it is too little.
     *
     * @return whether it has become too little just now
     */
    boolean look(Readiness readiness) {
        boolean before = low;
        try {
            freeBytes = free.bytes();
            // A little more before it is enough again, lest it be too little at the next write.
            low = freeBytes < (before ? enoughBytes() : freeBytesMin);
        } catch (IOException e) {
            LOG.debug("free space unknown path={}", dataDir, e); // whatever is wrong, the next write meets it
        }
        if (low) {
            readiness.restrict(PART, reason());
        } else if (before) {
            readiness.clear(PART);
            LOG.info("disk: room again path={} free={}", dataDir, freeBytes);
        }
        if (low && !before) {
            LOG.error("disk: {}", reason());
        }
        lookedNanos = ticker.nanos();
        looking.set(false);
        return low && !before;
    }

    /** Why no write may be begun here; empty if it may. */
    Optional<RegistryException> refusal() {
        return low ? Optional.of(new RegistryException(RegistryException.Code.DISK_LOW, reason())) : Optional.empty();
    }

    /** Throws {@link RegistryException} with {@code DISK_LOW} if no write may be begun here. */
    void require() {
        refusal().ifPresent(low -> {
            throw low;
        });
    }

    /** What is answered to a leader that sends what there is no room for; empty if there is room, or it sends nothing of the kind. */
    Optional<Message> answer(Message request) {
        if (freeBytes >= freeBytesMin / 2) {
            return Optional.empty();
        }
        if (request instanceof AppendEntriesRequest entries && entries.getEntriesCount() > 0) {
            return Optional.of(RaftErrors.INSTANCE.newResponse(
                    AppendEntriesResponse.getDefaultInstance(), RaftError.EBUSY.getNumber(), reason()));
        }
        if (request instanceof InstallSnapshotRequest) {
            return Optional.of(RaftErrors.INSTANCE.newResponse(
                    InstallSnapshotResponse.getDefaultInstance(), RaftError.EBUSY.getNumber(), reason()));
        }
        return Optional.empty();
    }

    private long enoughBytes() {
        return freeBytesMin + freeBytesMin / 4;
    }

    private String reason() {
        return "only %d KiB are free on the disk of %s (expected: %d KiB or more); free space there: persistent writes are refused until then"
                .formatted(freeBytes / 1024, dataDir.toAbsolutePath().normalize(), enoughBytes() / 1024);
    }
}
