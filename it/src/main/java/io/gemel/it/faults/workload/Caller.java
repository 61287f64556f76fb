package io.gemel.it.faults.workload;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One logical client of persistent instances: it carries out the steps of its stream, one after the other.
 *
 * <p>After an operation whose outcome is not known it is somebody else, because that operation may still be under way.
 * Confined to the loop.
 */
final class Caller {
    /** A client that is refused at once would else do nothing but fill the history. */
    private static final Duration REST_AFTER_FAILURE = Duration.ofMillis(150);

    private final Work work;
    private final Calls calls;
    private final Crew.Seat seat;
    private final String name;
    private final Steps steps;
    private final Predicate<Step> late;

    /** What this client last saw: the revision of each instance, 0 if it was absent. */
    private final Map<String, Long> known = new HashMap<>();

    private int successors;
    private boolean settling;
    private boolean busy;

    /**
     * A client that rests until {@link #start}.
     *
     * @param late which steps to leave out
     */
    Caller(Work work, Crew.Seat seat, String name, Steps steps, Predicate<Step> late) {
        this.work = work;
        this.calls = new Calls(work.recorder());
        this.seat = seat;
        this.name = name;
        this.steps = steps;
        this.late = late;
    }

    void start() {
        next(Duration.ZERO);
    }

    /** Begins nothing more. */
    void settle() {
        settling = true;
    }

    /** Whether nothing is under way. */
    boolean idle() {
        return !busy;
    }

    private void next(Duration rest) {
        Step step = steps.next();
        while (late.test(step)) {
            step = steps.next();
        }
        Step chosen = step;
        later(rest.plus(step.pause()), () -> attempt(chosen));
    }

    private void later(Duration rest, Runnable task) {
        var unused = work.loop().schedule(task, rest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void attempt(Step step) {
        if (settling) {
            return;
        }
        Optional<Worker> worker = seat.worker();
        if (worker.isEmpty()) {
            later(REST_AFTER_FAILURE, () -> attempt(step));
            return;
        }
        busy = true;
        String process = successors == 0 ? name : name + "." + successors;
        CompletableFuture<Optional<Event>> ending = carryOut(step, worker.get(), process);
        var unused = ending.whenCompleteAsync(
                (event, failure) -> {
                    busy = false;
                    if (failure != null) {
                        throw new IllegalStateException("a client failed instead of answering", failure);
                    }
                    next(event.map(this::learn).orElse(Duration.ZERO));
                },
                work.loop());
    }

    private CompletableFuture<Optional<Event>> carryOut(Step step, Worker worker, String process) {
        ServerNode server = work.server(step.server());
        Calls.Line line = new Calls.Line(worker, process, server);
        ServiceId service = step.service();
        InstanceKey key = step.key();
        Optional<Long> last = Optional.ofNullable(known.get(Keys.of(service, key)));
        return switch (step.kind()) {
            case READ -> calls.read(line, service, key).thenApply(Optional::of);
            case REGISTER ->
                calls.register(line, service, key, step.value(), OptionalLong.empty())
                        .thenApply(Optional::of);
            case CAS ->
                last.map(revision -> calls.register(line, service, key, step.value(), OptionalLong.of(revision)))
                        .orElseGet(() -> calls.read(line, service, key))
                        .thenApply(Optional::of);
            case DEREGISTER -> calls.deregister(line, service, key).thenApply(Optional::of);
            case TAKE_BACK ->
                last.filter(revision -> revision > 0)
                        .map(revision -> calls.deregister(line, service, key).thenApply(Optional::of))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
            case LIST -> calls.list(line, service, ReadLevel.LINEARIZABLE).thenApply(Optional::of);
            case WRITE_THEN_LIST_ELSEWHERE -> writeThenList(step, line).thenApply(Optional::of);
        };
    }

    private CompletableFuture<Event> writeThenList(Step step, Calls.Line line) {
        ServerNode other = work.server(step.server() + 1);
        Calls.Line reader = new Calls.Line(line.worker(), line.process() + "r", other);
        return calls.register(line, step.service(), step.key(), step.value(), OptionalLong.empty())
                .thenCompose(written -> written.type() == Event.Type.OK
                        ? calls.list(
                                        reader,
                                        step.service(),
                                        ReadLevel.atLeast(written.revision().orElseThrow()))
                                .thenApply(read -> written)
                        : CompletableFuture.completedFuture(written));
    }

    /** Keeps what {@code end} tells of an instance; how long to rest. */
    private Duration learn(Event end) {
        return switch (end.type()) {
            case OK -> {
                switch (end.op()) {
                    case READ, REGISTER, CAS ->
                        known.put(end.key(), end.revision().orElse(0));
                    case DEREGISTER -> known.put(end.key(), 0L);
                    default -> {}
                }
                yield Duration.ZERO;
            }
            case FAIL -> {
                known.remove(end.key());
                yield refused(end) ? REST_AFTER_FAILURE : Duration.ZERO;
            }
            case INFO -> {
                known.remove(end.key());
                successors++;
                yield Duration.ZERO;
            }
            case INVOKE -> throw new IllegalArgumentException("an invocation is no end");
        };
    }

    /** Whether the server, rather than the state of the instance, was the reason. */
    private static boolean refused(Event end) {
        return end.op() != Op.CAS
                || end.error()
                        .filter(error -> error.contains("CONFLICT") || error.contains("REVISION"))
                        .isEmpty();
    }
}
