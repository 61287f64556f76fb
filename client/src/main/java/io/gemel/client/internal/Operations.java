package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Ticker;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.ClientMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations that callers wait for, in the order in which they came, and what of them is to be sent. Confined to the client's loop.
 *
 * <p>All have the same time, so the oldest is overdue first, and one timer serves all. What was sent is remembered also when its caller
 * has been told that the outcome is unknown: until its answer comes, or none can come any more.
 */
final class Operations {
    private final ClientLoop loop;
    private final Ticker ticker;
    private final Duration timeout;
    private final ServerList servers;
    private final Set<Operation> waiting = new LinkedHashSet<>();
    private final Set<Operation> unanswered = new LinkedHashSet<>();
    private final ArrayDeque<Operation> replay = new ArrayDeque<>();
    private final ArrayDeque<Operation> unsent = new ArrayDeque<>();
    private long lastNumber;
    private ClientLoop.@Nullable Timer alarm;

    Operations(ClientLoop loop, Ticker ticker, Duration timeout, ServerList servers) {
        this.loop = loop;
        this.ticker = ticker;
        this.timeout = timeout;
        this.servers = servers;
    }

    CompletableFuture<Written> add(Change change, ClientMessage.Builder request) {
        Operation operation = new Operation(++lastNumber, change, request, ticker.nanos() + timeout.toNanos());
        waiting.add(operation);
        unsent.add(operation);
        if (alarm == null) {
            alarm = loop.after(timeout, this::failOverdue);
        }
        return operation.result();
    }

    private void failOverdue() {
        long now = ticker.nanos();
        List<Operation> overdue = waiting.stream()
                .takeWhile(operation -> operation.deadlineNanos() - now <= 0)
                .toList();
        alarm = null;
        waiting.stream().skip(overdue.size()).findFirst().ifPresent(next -> {
            alarm = loop.after(Duration.ofNanos(next.deadlineNanos() - now), this::failOverdue);
        });
        for (Operation operation : overdue) {
            if (operation.sent() && operation.answer() == null) {
                unanswered.add(operation);
            }
            fail(operation, overdue(operation));
        }
    }

    /** The number of the oldest one that waits or may still be answered. */
    long oldest() {
        return Math.min(first(waiting), first(unanswered));
    }

    /** Whether none waits, and none may still be answered. */
    boolean idle() {
        return waiting.isEmpty() && unanswered.isEmpty();
    }

    private static long first(Set<Operation> operations) {
        return operations.isEmpty()
                ? Long.MAX_VALUE
                : operations.iterator().next().number();
    }

    /** A server has answered, whether or not its caller still waits for that. */
    void heard(Operation operation) {
        unanswered.remove(operation);
    }

    /** Those of unknown outcome, in order; no answer to them will come any more. */
    List<Operation> giveUpUnanswered() {
        List<Operation> all = List.copyOf(unanswered);
        unanswered.clear();
        return all;
    }

    /** Those that wait and remove something. */
    List<Operation> removals() {
        return waiting.stream()
                .filter(operation -> operation.change() instanceof Change.Deregister)
                .toList();
    }

    /** What is asked for and was not acknowledged, in order. */
    Collection<Change> pending() {
        return waiting.stream().map(Operation::change).toList();
    }

    /** A new connection: all that is waiting now belongs to its replay, what comes later does not. */
    void restart() {
        replay.clear();
        unsent.clear();
        waiting.forEach(Operation::restart);
        replay.addAll(waiting);
    }

    /** The next one to send. */
    Optional<Operation> next(boolean replaying) {
        return Optional.ofNullable(replaying ? replay.poll() : unsent.poll());
    }

    /** The replay has succeeded: what it acknowledged is final now. */
    void replayed() {
        for (Operation operation : List.copyOf(waiting)) {
            if (operation.answer() != null) {
                complete(operation);
            }
        }
    }

    void complete(Operation operation) {
        Written answer = operation.answer();
        if (answer != null && waiting.remove(operation)) {
            operation.result().complete(answer);
        }
    }

    void fail(Operation operation, RegistryException why) {
        if (waiting.remove(operation)) {
            replay.remove(operation);
            unsent.remove(operation);
            operation.result().completeExceptionally(why);
        }
    }

    void failAll(RegistryException why) {
        new ArrayList<>(waiting).forEach(operation -> fail(operation, why));
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }

    private RegistryException overdue(Operation operation) {
        return operation.sent()
                ? new RegistryException(Code.UNKNOWN_OUTCOME, "no answer within " + timeout + " to: " + operation)
                : new RegistryException(
                        Code.UNAVAILABLE,
                        "no session within " + timeout + " for: " + operation + " (" + servers.failures() + ")");
    }
}
