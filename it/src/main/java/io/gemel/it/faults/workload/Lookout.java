package io.gemel.it.faults.workload;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.worker.Push;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks at services from outside: lists each at every server in turn, and watches each from a session at every server.
 *
 * <p>Lists go to the one server and nowhere else; watchers move on when theirs is lost, as those of users do. Confined to the
 * loop, but for {@link #open} and {@link #readAll}, which block.
 */
final class Lookout {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(120);
    private static final Duration GUESTS_INTERVAL = Duration.ofMillis(300);
    private static final Duration LAST_LOOK = Duration.ofSeconds(30);

    private final Work work;
    private final Calls calls;
    private final List<ServiceId> services;
    private final Worker looker;

    /** The ids of those that were ever looked at. */
    private final Set<String> guests = new HashSet<>();

    /** What each server showed last, by node id and service. */
    private final Map<String, Map<ServiceId, Look>> last = new HashMap<>();

    /** What a server showed: when it was asked, and by address the value. */
    private record Look(long nanos, Map<String, String> values) {}

    Lookout(Work work, List<ServiceId> services, Worker looker) {
        this.work = work;
        this.calls = new Calls(work.recorder());
        this.services = List.copyOf(services);
        this.looker = looker;
    }

    /** Opens {@code each} watchers at every server, in {@code process}. Blocks. */
    void open(Worker process, int each) {
        process.onPush(this::pushed);
        List<CompletableFuture<?>> opened = new ArrayList<>();
        for (ServerNode server : work.servers()) {
            for (int i = 0; i < each; i++) {
                String number = i == 0 ? "" : "-" + i;
                opened.add(open(process, process.name() + "-" + server.id() + number, server));
            }
        }
        CompletableFuture.allOf(opened.toArray(CompletableFuture[]::new)).join();
    }

    private CompletableFuture<?> open(Worker process, String client, ServerNode server) {
        Event invoke = work.recorder()
                .invoke(client, Op.OPEN, server.id(), "", Optional.of(process.name()), OptionalLong.empty());
        return process.open(client, List.of(server.clientAddress()), "public", Duration.ofSeconds(10))
                .thenCompose(answer -> {
                    work.recorder().complete(invoke, answer, invoke.value(), OptionalLong.empty());
                    return watchAll(process, client, answer.type());
                });
    }

    private CompletableFuture<?> watchAll(Worker process, String client, Event.Type opened) {
        if (opened != Event.Type.OK) {
            return CompletableFuture.completedFuture(opened);
        }
        return CompletableFuture.allOf(
                services.stream().map(service -> process.watch(client, service)).toArray(CompletableFuture[]::new));
    }

    private void pushed(Push push) {
        String node = work.stage().everyone().stream()
                .filter(server -> server.knownAt(push.server()))
                .map(ServerNode::id)
                .findFirst()
                .orElse("");
        work.recorder().view(push, node);
    }

    /** Begins to list. */
    void start() {
        for (ServerNode server : work.servers()) {
            look(server, 0);
        }
        lookAtGuests();
    }

    private void lookAtGuests() {
        work.stage().guests().stream().filter(guest -> guests.add(guest.id())).forEach(guest -> look(guest, 0));
        var unused = work.loop().schedule(this::lookAtGuests, GUESTS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look(ServerNode server, int turn) {
        if (!work.stage().everyone().contains(server)) {
            return;
        }
        ServiceId service = services.get(turn % services.size());
        long begin = System.nanoTime();
        var unused = list(server, service, "-look-")
                .whenCompleteAsync(
                        (event, failure) -> {
                            if (failure == null && event.type() == Event.Type.OK) {
                                last.computeIfAbsent(server.id(), id -> new HashMap<>())
                                        .put(service, new Look(begin, values(event.seen())));
                            }
                            var unusedNext = work.loop()
                                    .schedule(
                                            () -> look(server, turn + 1),
                                            LOOK_INTERVAL.toMillis(),
                                            TimeUnit.MILLISECONDS);
                        },
                        work.loop());
    }

    private CompletableFuture<Event> list(ServerNode server, ServiceId service, String role) {
        Calls.Line line = new Calls.Line(looker, looker.name() + role + server.id(), server);
        return calls.list(line, service, ReadLevel.LOCAL);
    }

    private static Map<String, String> values(List<Seen> seen) {
        Map<String, String> values = new HashMap<>();
        seen.stream().filter(Seen::ephemeral).forEach(one -> values.put(one.key(), one.value()));
        return values;
    }

    /** How the servers' last answers to questions asked after {@code since} differ from {@code expected}; empty if not. */
    Optional<String> difference(long since, Map<ServiceId, Map<String, String>> expected) {
        for (ServerNode server : work.servers()) {
            Map<ServiceId, Look> looks = last.getOrDefault(server.id(), Map.of());
            for (ServiceId service : services) {
                Look look = looks.get(service);
                if (look == null || look.nanos() - since < 0) {
                    return Optional.of(server.id() + " was not asked again yet");
                }
                if (!look.values().equals(expected.getOrDefault(service, Map.of()))) {
                    return Optional.of(server.id() + " shows "
                            + differing(look.values(), expected.getOrDefault(service, Map.of())) + " of " + service);
                }
            }
        }
        return Optional.empty();
    }

    private static String differing(Map<String, String> shown, Map<String, String> expected) {
        long missing = expected.entrySet().stream()
                .filter(entry -> !Objects.equals(shown.get(entry.getKey()), entry.getValue()))
                .count();
        long over = shown.keySet().stream()
                .filter(key -> !expected.containsKey(key))
                .count();
        return missing + " too few and " + over + " too many";
    }

    /** Lists every service at every server once more. Blocks. */
    void readAll() {
        List<CompletableFuture<?>> reads = new ArrayList<>();
        for (ServerNode server : work.servers()) {
            CompletableFuture<?> chain = CompletableFuture.completedFuture(server);
            for (ServiceId service : services) {
                chain = chain.thenCompose(before -> list(server, service, "-last-"));
            }
            reads.add(chain);
        }
        CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                .orTimeout(LAST_LOOK.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
