package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells followers at once how far the log is committed. Thread-safe.
 *
 * <p>By itself JRaft tells them with the next entries, and if none follow, with the next heartbeat: a tenth of the election
 * timeout later, for which watchers and writers at followers would have to wait. A ReadIndex makes the leader send
 * heartbeats now. There are two rounds because a follower that is just writing the entry cannot use the first.
 */
final class CommitNews {
    private static final Logger LOG = LoggerFactory.getLogger(CommitNews.class);
    private static final int ROUNDS = 2;
    private static final byte[] NOTHING = new byte[0];

    private final BooleanSupplier more;
    private final AtomicInteger due = new AtomicInteger();

    /** {@code more} tells whether entries are on their way that are perhaps not in the log yet. */
    CommitNews(BooleanSupplier more) {
        this.more = more;
    }

    /** The leader has applied all up to {@code index}. While more entries are under way these carry the news. */
    void applied(Node node, long index) {
        try {
            boolean last = !more.getAsBoolean() && node.isLeader(false) && node.getLastLogIndex() <= index;
            if (last && due.getAndSet(ROUNDS) == 0) {
                tell(node);
            }
        } catch (IllegalStateException stopping) {
            // Thrown into JRaft, it would count as a state machine that cannot apply an entry.
            LOG.debug("followers not told of a commit, the node is stopping", stopping);
        }
    }

    private void tell(Node node) {
        node.readIndex(
                NOTHING,
                new ReadIndexClosure(-1) { // without JRaft's timer, a thread that wakes every millisecond
                    @Override
                    public void run(Status status, long index, byte[] request) {
                        if (due.decrementAndGet() > 0) {
                            tellAgain(node);
                        }
                    }
                });
    }

    private void tellAgain(Node node) {
        try {
            tell(node);
        } catch (IllegalStateException stopping) {
            LOG.debug("followers not told again of a commit, the node is stopping", stopping);
        }
    }
}
