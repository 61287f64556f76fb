package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import java.util.function.Supplier;

/**
 * Reads that reflect every write acknowledged before them, by ReadIndex (Ongaro, 2014, section 6.4). JRaft lets those that wait
 * share one round. Thread-safe.
 */
final class LinearizableReads {
    private final Loop naming;
    private final Leadership leadership;
    private final Published published;
    private final Supplier<Node> node;

    LinearizableReads(Loop naming, Leadership leadership, Published published, Supplier<Node> node) {
        this.naming = naming;
        this.leadership = leadership;
        this.published = published;
        this.node = node;
    }

    /** Asks the leader how far the log is committed; {@code then} runs once this node shows all that. Else {@code call} is parked or fails. */
    void attempt(Call<?> call, Runnable then) {
        Runnable again = () -> attempt(call, then);
        if (leadership.leader().isEmpty()) {
            call.park(again);
            return;
        }
        // No timeout there: the call has its own, and JRaft's timer is a thread that wakes every millisecond.
        ReadIndexClosure confirmed = new ReadIndexClosure(-1) {
            @Override
            public void run(Status status, long index, byte[] request) {
                if (status.isOk()) {
                    // Applied, but perhaps not shown yet: behind what is queued for the naming loop it is.
                    afterWhatIsQueued(() -> {
                        published.advance(index);
                        then.run();
                    });
                } else {
                    call.park(again);
                }
            }
        };
        try {
            node.get().readIndex(new byte[0], confirmed);
        } catch (IllegalStateException stopping) {
            call.fail(new RegistryException(RegistryException.Code.SHUTTING_DOWN, "this server is stopping", stopping));
        }
    }

    private void afterWhatIsQueued(Runnable task) {
        try {
            naming.executeOrWait(() -> naming.afterTurn(task));
        } catch (RegistryException over) {
            // The node is stopping, and whatever waits is ended then.
        }
    }
}
