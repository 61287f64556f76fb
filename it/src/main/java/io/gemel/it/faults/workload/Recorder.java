package io.gemel.it.faults.workload;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.worker.Answer;
import io.gemel.it.faults.worker.Push;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;

/** Writes the history of a run, and counts how its operations end. Thread-safe. */
public final class Recorder {
    private final HistoryWriter history;
    private final LongAdder ok = new LongAdder();
    private final LongAdder fail = new LongAdder();
    private final LongAdder info = new LongAdder();

    /** Writes to {@code history}. */
    public Recorder(HistoryWriter history) {
        this.history = history;
    }

    /** How operations ended so far. */
    public record Counts(long ok, long fail, long info) {}

    /** How operations ended so far. */
    public Counts counts() {
        return new Counts(ok.sum(), fail.sum(), info.sum());
    }

    /** An operation begins. */
    Event invoke(String process, Op op, String node, String key, Optional<String> value, OptionalLong expected) {
        return history.invoke(process, op, node, key, value, expected);
    }

    /** It ended as {@code answer} says, with this value and revision. */
    Event complete(Event invoke, Answer answer, Optional<String> value, OptionalLong revision) {
        switch (answer.type()) {
            case OK -> ok.increment();
            case FAIL -> fail.increment();
            case INFO -> info.increment();
            case INVOKE -> throw new IllegalArgumentException("an answer is no invocation");
        }
        return history.complete(invoke, answer.type(), value, revision, answer.seen(), answer.error());
    }

    /** A watcher asks to be shown {@code service}. */
    void watches(String watcher, String service) {
        var unused = history.invoke(watcher, Op.VIEW, "", service, Optional.empty(), OptionalLong.empty());
    }

    /** A watcher was shown a service at {@code node}. */
    void view(Push push, String node) {
        history.view(history.since(push.nanos()), push.client(), node, push.service(), push.revision(), push.seen());
    }
}
