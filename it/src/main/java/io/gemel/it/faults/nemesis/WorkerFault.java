package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Does something to one client process of those that have a given role, and undoes it. */
final class WorkerFault implements Injection {
    private final Role role;
    private final int lot;
    private final Consumer<Worker> harm;
    private final Consumer<Worker> undo;
    private Optional<Worker> met = Optional.empty();

    private WorkerFault(Role role, int lot, Consumer<Worker> harm, Consumer<Worker> undo) {
        this.role = role;
        this.lot = lot;
        this.harm = harm;
        this.undo = undo;
    }

    static Aim kill(Role role, RandomGenerator random) {
        // Nothing is undone: the workload starts another process in its place.
        return aim(role, random, Worker::kill, worker -> {});
    }

    static Aim freeze(Role role, RandomGenerator random) {
        return aim(role, random, Worker::freeze, Worker::thaw);
    }

    private static Aim aim(Role role, RandomGenerator random, Consumer<Worker> harm, Consumer<Worker> undo) {
        String words = role == Role.WATCHER ? "watcher" : "client";
        return new Aim(words, new WorkerFault(role, random.nextInt(Integer.MAX_VALUE), harm, undo));
    }

    @Override
    public String inject(Stage stage) {
        List<Worker> there = stage.workers().stream()
                .filter(worker -> role.has(worker.name()) && worker.alive())
                .toList();
        if (there.isEmpty()) {
            throw new UnsupportedOperationException(
                    role == Role.WATCHER
                            ? "this workload has no process that only watches; use churn or mixed"
                            : "no client process runs");
        }
        Worker worker = there.get(lot % there.size());
        met = Optional.of(worker);
        harm.accept(worker);
        return worker.name();
    }

    @Override
    public void heal(Stage stage) {
        met.ifPresent(undo);
    }
}
