package io.gemel.it.faults.workload;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.worker.Answer;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Operations on persistent instances, each one attempt at one server, recorded before it is sent and after it was answered.
 *
 * @param recorder where to
 */
record Calls(Recorder recorder) {
    /**
     * Who asks whom.
     *
     * @param worker the client process
     * @param process the logical client
     * @param server who is asked
     */
    record Line(Worker worker, String process, ServerNode server) {}

    /** Writes one instance; if {@code expected} is given, only if its revision is still that one. The completion. */
    CompletableFuture<Event> register(
            Line line, ServiceId service, InstanceKey key, String value, OptionalLong expected) {
        Op op = expected.isPresent() ? Op.CAS : Op.REGISTER;
        Event invoke = invoke(line, op, Keys.of(service, key), Optional.of(value), expected);
        return line.worker()
                .write(
                        line.server().clientAddress(),
                        service,
                        List.of(Keys.persistent(key, value)),
                        expected,
                        Work.DEADLINE)
                .thenApply(answer -> recorder.complete(invoke, answer, Optional.of(value), revision(answer)));
    }

    /** Removes one instance. */
    CompletableFuture<Event> deregister(Line line, ServiceId service, InstanceKey key) {
        Event invoke = invoke(line, Op.DEREGISTER, Keys.of(service, key), Optional.empty(), OptionalLong.empty());
        return line.worker()
                .remove(line.server().clientAddress(), service, List.of(Keys.persistent(key, "")), Work.DEADLINE)
                .thenApply(answer -> recorder.complete(invoke, answer, Optional.empty(), revision(answer)));
    }

    /** Reads one instance, linearizably. */
    CompletableFuture<Event> read(Line line, ServiceId service, InstanceKey key) {
        Event invoke = invoke(line, Op.READ, Keys.of(service, key), Optional.empty(), OptionalLong.empty());
        return line.worker()
                .list(line.server().clientAddress(), service, ReadLevel.LINEARIZABLE, Work.DEADLINE)
                .thenApply(answer -> {
                    Optional<Seen> seen = answer.seen().stream()
                            .filter(one -> one.key().equals(Keys.of(key)))
                            .findFirst();
                    return recorder.complete(
                            invoke,
                            new Answer(answer.type(), answer.revision(), List.of(), answer.error()),
                            seen.map(Seen::value),
                            seen.map(one -> OptionalLong.of(one.revision())).orElse(OptionalLong.empty()));
                });
    }

    /** Lists a service. */
    CompletableFuture<Event> list(Line line, ServiceId service, ReadLevel level) {
        OptionalLong expected = level.minRevision() > 0 ? OptionalLong.of(level.minRevision()) : OptionalLong.empty();
        Optional<String> how = level.linearizable() ? Optional.of(LINEARIZABLE) : Optional.empty();
        Event invoke = invoke(line, Op.LIST, Keys.of(service), how, expected);
        return line.worker()
                .list(line.server().clientAddress(), service, level, Work.DEADLINE)
                .thenApply(answer -> recorder.complete(invoke, answer, how, revision(answer)));
    }

    /** The value of a LIST that asked for every write acknowledged before it began. */
    static final String LINEARIZABLE = "linearizable";

    private Event invoke(Line line, Op op, String key, Optional<String> value, OptionalLong expected) {
        return recorder.invoke(line.process(), op, line.server().id(), key, value, expected);
    }

    private static OptionalLong revision(Answer answer) {
        return answer.type() == Event.Type.OK ? OptionalLong.of(answer.revision()) : OptionalLong.empty();
    }
}
