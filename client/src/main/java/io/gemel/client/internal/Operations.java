package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The operations that callers wait for, in the order in which they came, and what of them is to be sent. Confined to the client's loop. */
final class Operations {
    private final ClientLoop loop;
    private final Duration timeout;
    private final ServerList servers;
    private final Set<Operation> waiting = new LinkedHashSet<>();
    private final ArrayDeque<Operation> replay = new ArrayDeque<>();
    private final ArrayDeque<Operation> unsent = new ArrayDeque<>();
    private long lastNumber;

    Operations(ClientLoop loop, Duration timeout, ServerList servers) {
        this.loop = loop;
        this.timeout = timeout;
        this.servers = servers;
    }

    CompletableFuture<Written> add(Change change) {
        Operation operation = new Operation(++lastNumber, change);
        waiting.add(operation);
        unsent.add(operation);
        operation.deadline(loop.after(timeout, () -> fail(operation, overdue(operation))));
        return operation.result();
    }

    /** The number of the oldest one that waits. */
    long oldest() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.iterator().next().number();
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
            operation.cancelDeadline();
            operation.result().complete(answer);
        }
    }

    void fail(Operation operation, RegistryException why) {
        if (waiting.remove(operation)) {
            replay.remove(operation);
            unsent.remove(operation);
            operation.cancelDeadline();
            operation.result().completeExceptionally(why);
        }
    }

    void failAll(RegistryException why) {
        new ArrayList<>(waiting).forEach(operation -> fail(operation, why));
    }

    private RegistryException overdue(Operation operation) {
        return operation.sent()
                ? new RegistryException(Code.UNKNOWN_OUTCOME, "no answer within " + timeout + " to: " + operation)
                : new RegistryException(
                        Code.UNAVAILABLE,
                        "no session within " + timeout + " for: " + operation + " (" + servers.failures() + ")");
    }
}
