package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import io.gemel.consistency.cluster.Batcher;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The leader's rounds of ReadIndex (Ongaro, 2014, section 6.4), in which a majority confirms that it still leads.
 *
 * <p>They serve the whole cluster: the leader's own reads and the questions of followers that come while a round is under way share
 * the next one. A round that began before they came cannot speak for them. Thread-safe.
 */
final class ReadRounds {
    /** A round that finds no majority must not hold up those who could ask the next leader. */
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private static final byte[] NOTHING = new byte[0];

    private final Loop naming;
    private final Leadership leadership;
    private final Supplier<Node> node;
    private final LongSupplier applied;
    private final Batcher<Reader> rounds;

    /** Who waits for a round. */
    interface Reader {
        /** Whether it waits no longer. */
        boolean over();

        /** A round that began after it came found {@code upTo}. */
        void confirmed(Confirmed upTo);

        /** Nothing was found. */
        void refused(RegistryException refusal);
    }

    /** All that wait at a follower. */
    private record Question(Call<Confirmed> call) implements Reader {
        @Override
        public boolean over() {
            return call.done();
        }

        @Override
        public void confirmed(Confirmed upTo) {
            call.complete(upTo);
        }

        @Override
        public void refused(RegistryException refusal) {
            call.fail(refusal);
        }
    }

    /** {@code applied} is the log index that the state has come to. */
    ReadRounds(Loop naming, Ticker ticker, Leadership leadership, Supplier<Node> node, LongSupplier applied) {
        this.naming = naming;
        this.leadership = leadership;
        this.node = node;
        this.applied = applied;
        this.rounds = new Batcher<>(1, PATIENCE, ticker, Batcher::all, this::round);
    }

    /** Takes {@code reader} of this node into the next round; it is told on the naming loop what that found. */
    void add(Reader reader) {
        rounds.add(reader);
    }

    /** Ends {@code question} of a follower with what the next round finds. */
    void add(Call<Confirmed> question) {
        rounds.add(new Question(question));
    }

    /** To be called now and then. */
    void tick() {
        rounds.tick(Reader::over);
    }

    private void round(List<Reader> readers, Runnable back) {
        if (!leadership.ours()) {
            refuse(readers, new RegistryException(RegistryException.Code.NO_LEADER, "this member does not lead"));
            back.run();
            return;
        }
        // No timeout there: each reader has its own, and JRaft's timer is a thread that wakes every millisecond.
        ReadIndexClosure ended = new ReadIndexClosure(-1) {
            @Override
            public void run(Status status, long index, byte[] request) {
                back.run();
                if (status.isOk()) {
                    // Only now: by now JRaft has had the state apply all up to the index.
                    confirm(readers, new Confirmed(index, applied.getAsLong()));
                } else {
                    refuse(
                            readers,
                            new RegistryException(
                                    RegistryException.Code.NO_LEADER,
                                    "no majority confirmed: " + status.getErrorMsg()));
                }
            }
        };
        try {
            node.get().readIndex(NOTHING, ended);
        } catch (IllegalStateException stopping) {
            refuse(
                    readers,
                    new RegistryException(RegistryException.Code.SHUTTING_DOWN, "this server is stopping", stopping));
            back.run();
        }
    }

    /** Followers first: this is one of JRaft's threads, which has heartbeats to see to, so what takes longer is left to the naming loop. */
    private void confirm(List<Reader> readers, Confirmed upTo) {
        List<Reader> own = new ArrayList<>();
        for (Reader reader : readers) {
            if (reader instanceof Question) {
                reader.confirmed(upTo);
            } else {
                own.add(reader);
            }
        }
        if (own.isEmpty()) {
            return;
        }
        try {
            naming.execute(() -> own.forEach(reader -> reader.confirmed(upTo)));
        } catch (RegistryException full) {
            refuse(own, full);
        }
    }

    private static void refuse(List<Reader> readers, RegistryException refusal) {
        readers.forEach(reader -> reader.refused(refusal));
    }
}
