package io.gemel.it.faults.run;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.worker.Answer;
import io.gemel.it.faults.worker.Push;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A client process whose deaths and pauses are in the history, whoever brings them about: one line for each client in it. */
final class RecordedWorker implements Worker {
    private final Worker worker;
    private final HistoryWriter history;
    private final Set<String> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean killed;

    RecordedWorker(Worker worker, HistoryWriter history) {
        this.worker = worker;
        this.history = history;
    }

    /** Whether it ended though nobody ended it. */
    boolean failed() {
        return !killed && !worker.alive();
    }

    @Override
    public String name() {
        return worker.name();
    }

    @Override
    public boolean alive() {
        return worker.alive();
    }

    @Override
    public CompletableFuture<Answer> write(
            String server, ServiceId service, List<Instance> instances, OptionalLong ifRevision, Duration deadline) {
        return worker.write(server, service, instances, ifRevision, deadline);
    }

    @Override
    public CompletableFuture<Answer> remove(
            String server, ServiceId service, List<Instance> instances, Duration deadline) {
        return worker.remove(server, service, instances, deadline);
    }

    @Override
    public CompletableFuture<Answer> list(String server, ServiceId service, ReadLevel level, Duration deadline) {
        return worker.list(server, service, level, deadline);
    }

    @Override
    public CompletableFuture<Answer> open(String client, List<String> servers, String namespace, Duration deadline) {
        clients.add(client);
        return worker.open(client, servers, namespace, deadline);
    }

    @Override
    public CompletableFuture<Answer> register(String client, ServiceId service, List<Instance> instances) {
        return worker.register(client, service, instances);
    }

    @Override
    public CompletableFuture<Answer> deregister(String client, ServiceId service, List<Instance> instances) {
        return worker.deregister(client, service, instances);
    }

    @Override
    public CompletableFuture<Answer> watch(String client, ServiceId service) {
        return worker.watch(client, service);
    }

    @Override
    public CompletableFuture<Answer> close(String client) {
        return worker.close(client).thenApply(answer -> {
            if (answer.type() == Event.Type.OK) {
                clients.remove(client);
            }
            return answer;
        });
    }

    @Override
    public void onPush(Consumer<Push> listener) {
        worker.onPush(listener);
    }

    @Override
    public void kill() {
        // Before it happens, so that nothing is expected of a client that may be dead already.
        killed = true;
        note(Op.KILL);
        worker.kill();
    }

    @Override
    public void freeze() {
        note(Op.FREEZE);
        worker.freeze();
    }

    @Override
    public void thaw() {
        worker.thaw();
        note(Op.THAW);
    }

    private void note(Op op) {
        for (String client : clients) {
            var unused =
                    history.event(client, op, Event.Type.OK, "", worker.name(), Optional.empty(), Optional.empty());
        }
    }

    @Override
    public void close() {
        killed = true;
        worker.close();
    }
}
