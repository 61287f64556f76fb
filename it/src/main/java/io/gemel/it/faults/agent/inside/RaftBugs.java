package io.gemel.it.faults.agent.inside;

import com.google.protobuf.ByteString;
import io.gemel.naming.ReadLevel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Persistent instances that are not linearizable. */
final class RaftBugs {
    private static final String RAFT = "consistency.raft.";
    private static final String JRAFT = "com.alipay.sofa.jraft.";

    private RaftBugs() {}

    static List<Bug> all() {
        return List.of(
                Bug.of("stale-read", Weave.into(RAFT + "RaftConsistency", "readable", answersAtOnce(true))),
                Bug.of("min-revision-ignored", Weave.into(RAFT + "RaftConsistency", "readable", answersAtOnce(false))),
                leaseRead(),
                lostAck(),
                Bug.of("retry-unknown", Weave.into(RAFT + "Writes$Forwarded", "unknown", sendsAgain())),
                Bug.of("cas-ignored", Weave.into(RAFT + "RaftState", "conflict", Twist.answer(Optional.empty()))),
                Bug.of("non-deterministic-apply", Weave.into(RAFT + "StateStore$Batch", "set", storesTheTime())),
                Bug.of("index-not-rebuilt", Weave.into(RAFT + "RaftState", "collect", Twist.each(3, Twist.nothing()))),
                noSecondElection());
    }

    /** A read is served from what this node has, without asking whether that is the newest. */
    private static Twist answersAtOnce(boolean linearizable) {
        return new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                ReadLevel level = (ReadLevel) call.arguments()[0];
                return level.linearizable() == linearizable ? CompletableFuture.allOf() : null;
            }
        };
    }

    /** A leader serves reads for as long as it believes, by a clock that people can set, that it cannot have been replaced. */
    private static Bug leaseRead() {
        return Bug.of(
                "lease-read",
                Weave.into(RAFT + "RaftGroup", "raftOptions", Twist.result((call, options) -> {
                    if (options == null) {
                        return options;
                    }
                    Object lease = Peek.constant(options, JRAFT + "option.ReadOnlyOption", "ReadOnlyLeaseBased");
                    Peek.call(options, "setReadOnlyOptions", lease);
                    return options;
                })),
                Weave.library(JRAFT + "util.Utils", "monotonicMs", new Twist() {
                    @Override
                    public Object before(Call call) {
                        return System.currentTimeMillis();
                    }
                }));
    }

    /** The leader acknowledges what its own log holds, before a majority has it. */
    private static Bug lostAck() {
        Map<Object, Object> proposals = Collections.synchronizedMap(new IdentityHashMap<>());
        Twist remembers = Twist.result((call, result) -> {
            proposals.put(call.arguments()[0], call.arguments()[1]);
            return result;
        });
        Twist acknowledges = Twist.result((call, appended) -> {
            for (Object entry : (List<?>) call.arguments()[0]) {
                Object proposal = proposals.remove(Peek.call(entry, "getData"));
                if (proposal != null) {
                    acknowledge(proposal, (long) Peek.ask(Peek.ask(entry, "getId"), "getIndex"));
                }
            }
            return appended;
        });
        return Bug.of(
                "lost-ack",
                Weave.library(JRAFT + "entity.Task", "<init>", remembers).taking(2),
                Weave.into(RAFT + "GuardedLog", "appendEntries", acknowledges));
    }

    private static void acknowledge(Object proposal, long index) {
        Object decided = Peek.make(proposal, "io.gemel.consistency.raft.Decided", index, Optional.empty());
        int commands = ((List<?>) Peek.field(proposal, "calls")).size();
        for (int position = 0; position < commands; position++) {
            Peek.call(proposal, "published", position, decided);
        }
    }

    /** Whether the leader had taken a forwarded write is not known; it is sent again, as if it had not. */
    private static Twist sendsAgain() {
        return new Twist() {
            @Override
            public Object before(Call call) {
                Object writes = Peek.field(call.object(), "this$0");
                Object write = Peek.field(call.object(), "call");
                Object command = Peek.field(call.object(), "command");
                Runnable again = () -> Peek.call(writes, "attempt", write, command);
                Peek.call(write, "park", again);
                return NOTHING;
            }
        };
    }

    /** What is stored depends on when this node applies it. */
    private static Twist storesTheTime() {
        return new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                byte unknownField = 0x78; // number 15, which readers skip
                byte time = (byte) ((System.nanoTime() >> 20) & 0x7f);
                Optional<?> value = (Optional<?>) call.arguments()[1];
                call.arguments()[1] = value.map(
                        bytes -> ((ByteString) bytes).concat(ByteString.copyFrom(new byte[] {unknownField, time})));
                return null;
            }
        };
    }

    /** A node that has known a leader never asks for another. */
    private static Bug noSecondElection() {
        Flag known = new Flag();
        return Bug.of(
                "no-second-election",
                Weave.into(RAFT + "Leadership", "follow", known.raises()),
                Weave.into(RAFT + "Leadership", "lead", known.raises()),
                Weave.into(RAFT + "RaftCandidate", "stand", known.onceRaised(Twist.nothing())),
                Weave.library(JRAFT + "core.NodeImpl", "handleElectionTimeout", known.onceRaised(Twist.nothing())));
    }
}
