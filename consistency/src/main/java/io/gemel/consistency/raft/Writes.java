package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Batcher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Brings writes to the leader: proposes them here, or forwards them, many in one message while earlier ones are under way. Thread-safe.
 */
final class Writes {
    private static final int MESSAGES_UNDER_WAY_MAX = 1;
    private static final int COMMANDS_MAX = 256;
    private static final int BYTES_MAX = Commands.BYTES_MAX;

    /** A leader that does not answer must not hold up those who could ask the next one. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final Leadership leadership;
    private final RaftForwarding forwarding;
    private final Proposals proposals;
    private final CallsUnderWay underWay;
    private final Published published;
    private final Supplier<Optional<RegistryException>> refusal;
    private final Batcher<Forwarded> messages;

    /** {@code refusal} says why this node, as the leader, takes no writes of callers now, if it does not. */
    Writes(
            Leadership leadership,
            RaftForwarding forwarding,
            Proposals proposals,
            CallsUnderWay underWay,
            Published published,
            Supplier<Optional<RegistryException>> refusal,
            Ticker ticker) {
        this.leadership = leadership;
        this.forwarding = forwarding;
        this.proposals = proposals;
        this.underWay = underWay;
        this.published = published;
        this.refusal = refusal;
        this.messages = new Batcher<>(MESSAGES_UNDER_WAY_MAX, PATIENCE, ticker, Writes::together, this::forward);
    }

    /** Has {@code command} decided, by whoever leads; waits parked while nobody does. */
    void attempt(Call<Decided> call, ByteString command) {
        if (leadership.ours()) {
            refusal.get().ifPresentOrElse(call::fail, () -> propose(call, command));
        } else {
            messages.add(new Forwarded(call, command));
        }
    }

    private void propose(Call<Decided> call, ByteString command) {
        proposals.add(call, command, () -> call.park(() -> attempt(call, command)));
    }

    /** Has {@code command} decided by this node, or by none. */
    void attemptHere(Call<Decided> call, ByteString command) {
        proposals.add(
                call,
                command,
                () -> call.fail(new RegistryException(
                        RegistryException.Code.NO_LEADER,
                        "this member takes no writes as the leader now; nothing was done")));
    }

    /** To be called now and then. */
    void tick() {
        proposals.tick();
        messages.tick(write -> write.call.done());
    }

    private static List<Forwarded> together(Deque<Forwarded> waiting) {
        List<Forwarded> message = new ArrayList<>();
        int bytes = 0;
        while (!waiting.isEmpty() && message.size() < COMMANDS_MAX) {
            bytes += waiting.element().command.size();
            if (bytes > BYTES_MAX && !message.isEmpty()) {
                break;
            }
            message.add(waiting.remove());
        }
        return message;
    }

    private void forward(List<Forwarded> writes, Runnable back) {
        Optional<String> leader = leadership.leader().filter(forwarding::reaches);
        if (leader.isEmpty()) {
            writes.forEach(Forwarded::later);
            back.run();
            return;
        }
        List<Forwarded> sent = writes.stream()
                .filter(write -> write.call.ifLate(
                        RegistryException.Code.UNKNOWN_OUTCOME,
                        "the leader " + leader.get() + " did not answer in time"))
                .toList();
        if (sent.isEmpty()) {
            back.run();
            return;
        }
        long nanosLeft = sent.stream()
                .mapToLong(write -> underWay.nanosLeft(write.call))
                .max()
                .getAsLong();
        forwarding.propose(
                leader.get(), sent.stream().map(write -> write.command).toList(), nanosLeft, sent, back);
    }

    /** A write of this node that another one is to propose. */
    private final class Forwarded implements RaftForwarding.Outcome {
        private final Call<Decided> call;
        private final ByteString command;

        Forwarded(Call<Decided> call, ByteString command) {
            this.call = call;
            this.command = command;
        }

        void later() {
            call.park(() -> attempt(call, command));
        }

        @Override
        public void decided(Decided decided) {
            call.ifLate(
                    RegistryException.Code.UNKNOWN_OUTCOME,
                    "the write is committed at " + decided.index() + ", but this node has not applied it in time");
            published.whenReached(decided.index(), call, () -> call.complete(decided));
        }

        @Override
        public void refused(RegistryException refusal) {
            switch (refusal.code()) {
                case NO_LEADER, NOT_READY, SHUTTING_DOWN, UNAVAILABLE -> {
                    call.ifLate(RegistryException.Code.NO_LEADER, "no leader took the write: " + refusal.getMessage());
                    later();
                }
                default -> call.fail(refusal);
            }
        }

        @Override
        public void unknown(String reason) {
            call.fail(new RegistryException(RegistryException.Code.UNKNOWN_OUTCOME, reason));
        }
    }
}
