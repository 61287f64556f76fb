package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads that reflect every write acknowledged before them, by ReadIndex (Ongaro, 2014, section 6.4). Those that come while a round is
 * under way share the next one: a round that began before a read cannot speak for it. Thread-safe.
 */
final class LinearizableReads {
    /** A round that asks a leader that just died must not hold up those who could ask the next one. */
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final Loop naming;
    private final Leadership leadership;
    private final Published published;
    private final Supplier<Node> node;
    private final Batcher<Read> rounds;

    /** A read that waits for its round; {@code then} runs once this node shows all that was committed when it began. */
    private record Read(Call<?> call, Runnable then) {}

    LinearizableReads(Loop naming, Ticker ticker, Leadership leadership, Published published, Supplier<Node> node) {
        this.naming = naming;
        this.leadership = leadership;
        this.published = published;
        this.node = node;
        this.rounds = new Batcher<>(1, PATIENCE, ticker, Batcher::all, this::round);
    }

    /** Asks the leader how far the log is committed; {@code then} runs once this node shows all that. Else {@code call} is parked or fails. */
    void attempt(Call<?> call, Runnable then) {
        rounds.add(new Read(call, then));
    }

    /** To be called now and then. */
    void tick() {
        rounds.tick(read -> read.call().done());
    }

    private void round(List<Read> reads, Runnable back) {
        if (leadership.leader().isEmpty()) {
            park(reads);
            back.run();
            return;
        }
        // No timeout there: each call has its own, and JRaft's timer is a thread that wakes every millisecond.
        ReadIndexClosure confirmed = new ReadIndexClosure(-1) {
            @Override
            public void run(Status status, long index, byte[] request) {
                back.run();
                if (status.isOk()) {
                    // Applied, but perhaps not shown yet: behind what is queued for the naming loop it is.
                    afterWhatIsQueued(() -> {
                        published.advance(index);
                        reads.forEach(read -> read.then().run());
                    });
                } else {
                    park(reads);
                }
            }
        };
        try {
            node.get().readIndex(new byte[0], confirmed);
        } catch (IllegalStateException stopping) {
            RegistryException refusal =
                    new RegistryException(RegistryException.Code.SHUTTING_DOWN, "this server is stopping", stopping);
            reads.forEach(read -> read.call().fail(refusal));
            back.run();
        }
    }

    private void park(List<Read> reads) {
        reads.forEach(read -> read.call().park(() -> attempt(read.call(), read.then())));
    }

    private void afterWhatIsQueued(Runnable task) {
        try {
            naming.executeOrWait(() -> naming.afterTurn(task));
        } catch (RegistryException over) {
            // The node is stopping, and whatever waits is ended then.
        }
    }
}
