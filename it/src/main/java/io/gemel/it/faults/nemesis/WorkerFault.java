package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Does something to one client process of those whose name begins in a given way, and undoes it. */
final class WorkerFault implements Injection {
    /** Processes whose clients write. */
    static final String CLIENT = "c";

    /** Processes that do nothing but watch. */
    static final String WATCHER = "w";

    private final String prefix;
    private final int lot;
    private final Consumer<Worker> harm;
    private final Consumer<Worker> undo;
    private Optional<Worker> met = Optional.empty();

    private WorkerFault(String prefix, int lot, Consumer<Worker> harm, Consumer<Worker> undo) {
        this.prefix = prefix;
        this.lot = lot;
        this.harm = harm;
        this.undo = undo;
    }

    static Aim kill(String prefix, RandomGenerator random) {
        // Nothing is undone: the workload starts another process in its place.
        return aim(prefix, random, Worker::kill, worker -> {});
    }

    static Aim freeze(String prefix, RandomGenerator random) {
        return aim(prefix, random, Worker::freeze, Worker::thaw);
    }

    private static Aim aim(String prefix, RandomGenerator random, Consumer<Worker> harm, Consumer<Worker> undo) {
        String words = prefix.equals(WATCHER) ? "watcher" : "client";
        return new Aim(words, new WorkerFault(prefix, random.nextInt(Integer.MAX_VALUE), harm, undo));
    }

    @Override
    public String inject(Stage stage) {
        List<Worker> there = stage.workers().stream()
                .filter(worker -> worker.name().startsWith(prefix) && worker.alive())
                .toList();
        if (there.isEmpty()) {
            throw new UnsupportedOperationException(
                    prefix.equals(WATCHER)
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
