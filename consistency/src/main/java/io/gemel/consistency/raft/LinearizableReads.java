package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Batcher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Reads that reflect every write acknowledged before them: has the leader confirm, in one of its {@link ReadRounds}, how far the log is
 * committed, and waits until this node shows all that. A follower's reads that come while its question is under way share the next one.
 * Thread-safe.
 */
final class LinearizableReads {
    /** A leader that just died must not hold up those who could ask the next one. */
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final Leadership leadership;
    private final RaftForwarding forwarding;
    private final ReadRounds rounds;
    private final CallsUnderWay underWay;
    private final Published published;
    private final Batcher<Read> questions;

    LinearizableReads(
            Leadership leadership,
            RaftForwarding forwarding,
            ReadRounds rounds,
            CallsUnderWay underWay,
            Published published,
            Ticker ticker) {
        this.leadership = leadership;
        this.forwarding = forwarding;
        this.rounds = rounds;
        this.underWay = underWay;
        this.published = published;
        this.questions = new Batcher<>(1, PATIENCE, ticker, Batcher::all, this::ask);
    }

    /**
     * Runs {@code then}, perhaps more than once, when this node shows all that was committed when it was called, with the log index of
     * that; waits parked while nobody leads.
     */
    void attempt(Call<?> call, LongConsumer then) {
        attempt(new Read(call, then));
    }

    private void attempt(Read read) {
        if (leadership.ours()) {
            rounds.add(read);
        } else {
            questions.add(read);
        }
    }

    /** To be called now and then. */
    void tick() {
        rounds.tick();
        questions.tick(Read::over);
    }

    private void ask(List<Read> reads, Runnable back) {
        Optional<String> leader = leadership.leader().filter(forwarding::reaches);
        if (leader.isEmpty()) {
            reads.forEach(Read::later);
            back.run();
            return;
        }
        Call<Confirmed> question = underWay.question("the leader " + leader.get() + " did not answer in time");
        var unused = question.future().whenComplete((upTo, failure) -> {
            back.run();
            if (failure == null) {
                reads.forEach(read -> read.confirmed(upTo));
            } else {
                reads.forEach(Read::later);
            }
        });
        forwarding.readIndex(leader.get(), question, underWay.nanosLeft(question));
    }

    /** A read of this node that waits for its round. */
    private final class Read implements ReadRounds.Reader {
        private final Call<?> call;
        private final LongConsumer then;

        Read(Call<?> call, LongConsumer then) {
            this.call = call;
            this.then = then;
        }

        @Override
        public boolean over() {
            return call.done();
        }

        @Override
        public void confirmed(Confirmed upTo) {
            published.whenReached(upTo.applied(), call, () -> then.accept(upTo.committed()));
        }

        @Override
        public void refused(RegistryException refusal) {
            if (refusal.code() == RegistryException.Code.SHUTTING_DOWN) {
                call.fail(refusal);
            } else {
                later();
            }
        }

        void later() {
            call.park(() -> attempt(this));
        }
    }
}
