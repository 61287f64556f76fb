package io.gemel.consistency.raft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.entity.Task;
import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Batcher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The leader's commands on their way into the log. Those that come while earlier entries are being agreed on share one entry: one
 * message to each member and one sync for all of them.
 *
 * <p>Commands that touch the same key never share an entry, because the entry's log index is the revision of all that it
 * writes. Thread-safe.
 */
final class Proposals {
    private static final int ENTRIES_UNDER_WAY_MAX = 1;
    private static final int COMMANDS_MAX = 256;
    private static final int BYTES_MAX = 256 * 1024;

    /** An entry that finds no majority must not hold up others for the time until this node knows that it leads no more. */
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final Leadership leadership;
    private final Supplier<Node> node;
    private final Batcher<Waiting> entries;

    /**
     * A command that is not proposed yet.
     *
     * @param touched the keys of what it writes
     * @param refused run instead if this node does not lead, or hands leadership over, when its turn comes
     */
    private record Waiting(Call<Decided> call, ByteString command, Set<ByteString> touched, Runnable refused) {
        boolean over() {
            return call.done();
        }

        boolean alone() {
            return touched.isEmpty();
        }

        void notTaken() {
            if (call.ifLate(
                    RegistryException.Code.NO_LEADER, "the leader hands over, and took no writes; nothing was done")) {
                refused.run();
            }
        }
    }

    Proposals(Leadership leadership, Ticker ticker, Supplier<Node> node) {
        this.leadership = leadership;
        this.node = node;
        this.entries = new Batcher<>(ENTRIES_UNDER_WAY_MAX, PATIENCE, ticker, Proposals::together, this::propose);
    }

    /** Proposes {@code command}, and ends {@code call} by what becomes of it; {@code notLeading} runs instead if this node takes none as the leader now. */
    void add(Call<Decided> call, ByteString command, Runnable notLeading) {
        entries.add(new Waiting(call, command, Commands.touched(command), notLeading));
    }

    /** To be called now and then. */
    void tick() {
        entries.tick(Waiting::over);
    }

    /** Whether an entry is on its way that is not committed yet; once one is, the next one leaves before it is applied. */
    boolean underWay() {
        return entries.underWay();
    }

    private static List<Waiting> together(Deque<Waiting> waiting) {
        List<Waiting> group = new ArrayList<>();
        Set<ByteString> touched = new HashSet<>();
        int bytes = 0;
        while (!waiting.isEmpty() && group.size() < COMMANDS_MAX) {
            Waiting first = waiting.peek();
            bytes += first.command().size();
            boolean joins = bytes <= BYTES_MAX
                    && !first.alone()
                    && first.touched().stream().noneMatch(touched::contains);
            if (!joins && !group.isEmpty()) {
                break;
            }
            if (first.alone()) {
                return List.of(waiting.remove());
            }
            touched.addAll(first.touched());
            group.add(waiting.remove());
        }
        return group;
    }

    private void propose(List<Waiting> group, Runnable back) {
        if (!leadership.ours()) {
            group.forEach(waiting -> waiting.refused().run());
            back.run();
            return;
        }
        Predicate<Waiting> open = waiting -> waiting.call()
                .ifLate(
                        RegistryException.Code.UNKNOWN_OUTCOME,
                        "no majority of the members confirmed the write in time");
        List<Waiting> proposed = group.stream().filter(open).toList();
        if (proposed.isEmpty()) {
            back.run();
            return;
        }
        ByteString entry =
                Commands.together(proposed.stream().map(Waiting::command).toList());
        Proposal proposal = new Proposal(
                proposed.stream().map(Waiting::call).toList(), back, () -> proposed.forEach(Waiting::notTaken));
        try {
            node.get().apply(new Task(ByteBuffer.wrap(entry.toByteArray()), proposal));
        } catch (IllegalStateException stopping) {
            proposal.fail(new RegistryException(
                    RegistryException.Code.SHUTTING_DOWN, "this server is stopping; nothing was done", stopping));
        }
    }
}
