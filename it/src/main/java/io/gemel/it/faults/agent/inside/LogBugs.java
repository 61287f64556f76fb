package io.gemel.it.faults.agent.inside;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Logs, votes and snapshots that do not keep what they were given. */
final class LogBugs {
    private static final String RAFT = "consistency.raft.";

    private static final String STATE_STORE = "io.gemel.consistency.raft.StateStore";

    private LogBugs() {}

    static List<Bug> all() {
        return List.of(
                skipSync(),
                walDefault(),
                voteNotPersisted(),
                Bug.of("snapshot-drops-a-key", Weave.into(RAFT + "StateStore", "checkpoint", dropsTheFirstKey())));
    }

    /** The log is written, and acknowledged, and stays in the page cache. */
    private static Bug skipSync() {
        return Bug.of("skip-sync", Weave.into(RAFT + "RaftGroup", "raftOptions", Twist.result((call, options) -> {
            if (options != null) {
                Peek.call(options, "setSync", false);
                Peek.call(options, "setSyncMeta", false);
            }
            return options;
        })));
    }

    /** A damaged log is opened as far as it is readable, as RocksDB does unless it is told otherwise; and nobody remembers how long it was. */
    private static Bug walDefault() {
        return Bug.of(
                "wal-default",
                Weave.into(RAFT + "LogOptions", "database", Twist.result((call, options) -> {
                    if (options != null) {
                        Object mode = Peek.constant(options, "org.rocksdb.WALRecoveryMode", "PointInTimeRecovery");
                        Peek.call(options, "setWalRecoveryMode", mode);
                    }
                    return options;
                })),
                Weave.into(RAFT + "HighWaterMark", "read", Twist.answer(0L)));
    }

    /** A node's first term and vote reach its disk; the later ones it only remembers. */
    private static Bug voteNotPersisted() {
        Flag saved = new Flag();
        Twist remembers = new Twist() {
            @Override
            public Object before(Call call) {
                Peek.set(call.object(), "term", call.arguments()[0]);
                Peek.set(call.object(), "votedFor", call.arguments()[1]);
                return true;
            }
        };
        Twist twist = new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                return saved.onceRaised(remembers).before(call);
            }

            @Override
            public @Nullable Object after(Call call, @Nullable Object result) {
                return saved.raises().after(call, result);
            }
        };
        return Bug.of("vote-not-persisted", Weave.into(RAFT + "VoteFile", "setTermAndVotedFor", twist));
    }

    /** A snapshot lacks one of the instances. */
    private static Twist dropsTheFirstKey() {
        return Twist.result((call, result) -> {
            Object copy = Peek.callStatic(call.object(), STATE_STORE, "open", call.arguments()[0]);
            Object cursor = Peek.ask(copy, "cursor");
            if ((boolean) Peek.ask(cursor, "valid")) {
                ByteString key = ByteString.copyFrom((byte[]) Peek.ask(cursor, "key"));
                Object batch = Peek.ask(copy, "batch");
                Peek.call(batch, "set", key, Optional.empty());
                Peek.call(batch, "commit", Peek.ask(Peek.ask(copy, "applied"), "index"));
            }
            Peek.call(cursor, "close");
            Peek.call(copy, "close");
            return result;
        });
    }
}
