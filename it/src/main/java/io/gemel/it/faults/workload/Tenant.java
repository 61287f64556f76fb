package io.gemel.it.faults.workload;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.worker.Answer;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An application that registers itself: it lives its {@link Lives} in client processes, and dies with them.
 *
 * <p>A life in which the outcome of an operation is not known is closed at once, because nobody could say what it holds.
 * Confined to the loop.
 */
final class Tenant {
    private static final Duration OPEN_DEADLINE = Duration.ofSeconds(5);
    private static final Duration REST_AFTER_FAILURE = Duration.ofMillis(250);

    private final Work work;
    private final Crew.Seat seat;
    private final Lives lives;
    private final String ballast;

    /** Where the present life is lived; empty between lives. */
    private Optional<Worker> home = Optional.empty();

    /** As the present life is known to servers: the name may have been tried before. */
    private String client = "";

    /** What the present life was told that it holds: by service and address, the incarnation. */
    private final Map<ServiceId, Map<String, String>> held = new HashMap<>();

    private int opens;
    private boolean settling;
    private boolean busy;

    /** One whose instances carry {@code metadataBytes} beside their values. */
    Tenant(Work work, Crew.Seat seat, Lives lives, int metadataBytes) {
        this.work = work;
        this.seat = seat;
        this.lives = lives;
        this.ballast = "x".repeat(metadataBytes);
    }

    void start() {
        next();
    }

    /** Begins nothing more. A present life stays. */
    void settle() {
        settling = true;
    }

    /** Whether nothing is under way. */
    boolean idle() {
        return !busy;
    }

    /** What it holds of {@code service}, if it lives. */
    Map<String, String> held(ServiceId service) {
        return living() ? held.getOrDefault(service, Map.of()) : Map.of();
    }

    private boolean living() {
        return home.filter(Worker::alive).isPresent();
    }

    private void next() {
        Act act = lives.next();
        while (act.kind() != Act.Kind.OPEN && !living()) {
            act = lives.next(); // the rest of a life that ended early
        }
        Act chosen = act;
        later(act.pause(), () -> attempt(chosen));
    }

    private void later(Duration rest, Runnable task) {
        var unused = work.loop().schedule(task, rest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void attempt(Act act) {
        if (settling) {
            return;
        }
        if (act.kind() == Act.Kind.OPEN) {
            seat.worker()
                    .ifPresentOrElse(worker -> open(act, worker), () -> later(REST_AFTER_FAILURE, () -> attempt(act)));
        } else if (act.kind() == Act.Kind.IDLE || !living()) {
            next();
        } else {
            Worker worker = home.orElseThrow();
            switch (act.kind()) {
                case REGISTER -> register(act, worker);
                case DEREGISTER -> deregister(act, worker);
                case CLOSE, OPEN, IDLE -> close(worker);
            }
        }
    }

    private void open(Act act, Worker worker) {
        opens++;
        client = act.client() + (opens == 1 ? "" : "-" + opens);
        int server = act.server() + opens - 1; // after a failure: at the next one
        Event invoke = invoke(Op.OPEN, work.server(server).id(), "", Optional.of(worker.name()));
        ends(
                worker.open(client, List.of(work.server(server).clientAddress()), "public", OPEN_DEADLINE),
                invoke,
                type -> {
                    if (type == Event.Type.OK) {
                        opens = 0;
                        held.clear();
                        home = Optional.of(worker);
                        next();
                    } else {
                        later(REST_AFTER_FAILURE, () -> attempt(act));
                    }
                });
    }

    private void register(Act act, Worker worker) {
        Event invoke = invoke(Op.REGISTER, "", Keys.of(act.service(), act.key()), Optional.of(act.value()));
        ends(worker.register(client, act.service(), List.of(instance(act))), invoke, type -> {
            if (type == Event.Type.OK) {
                held.computeIfAbsent(act.service(), service -> new HashMap<>()).put(Keys.of(act.key()), act.value());
            }
            goOn(type, worker);
        });
    }

    private Instance instance(Act act) {
        Instance instance = Keys.ephemeral(act.key(), act.value());
        return ballast.isEmpty() ? instance : instance.withMetadata("ballast", ballast);
    }

    private void deregister(Act act, Worker worker) {
        Event invoke = invoke(Op.DEREGISTER, "", Keys.of(act.service(), act.key()), Optional.empty());
        ends(worker.deregister(client, act.service(), List.of(Keys.ephemeral(act.key(), ""))), invoke, type -> {
            if (type == Event.Type.OK) {
                held.getOrDefault(act.service(), new HashMap<>()).remove(Keys.of(act.key()));
            }
            goOn(type, worker);
        });
    }

    private void goOn(Event.Type type, Worker worker) {
        if (type == Event.Type.INFO) {
            close(worker);
        } else {
            next();
        }
    }

    private void close(Worker worker) {
        home = Optional.empty();
        Event invoke = invoke(Op.CLOSE, "", "", Optional.empty());
        ends(worker.close(client), invoke, type -> next());
    }

    /** What comes after an operation. */
    @FunctionalInterface
    private interface Then {
        void goOn(Event.Type type);
    }

    private Event invoke(Op op, String node, String key, Optional<String> value) {
        return work.recorder().invoke(client, op, node, key, value, OptionalLong.empty());
    }

    private void ends(CompletableFuture<Answer> answer, Event invoke, Then then) {
        busy = true;
        var unused = answer.thenApply(given -> {
                    work.recorder().complete(invoke, given, invoke.value(), OptionalLong.empty());
                    return given.type();
                })
                .whenCompleteAsync(
                        (type, failure) -> {
                            busy = false;
                            if (failure != null) {
                                throw new IllegalStateException("a client failed instead of answering", failure);
                            }
                            then.goOn(type);
                        },
                        work.loop());
    }
}
