package io.gemel.it.faults.workload;

import io.gemel.it.faults.nemesis.Role;
import io.gemel.it.faults.worker.Worker;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Client processes whose clients write: a fixed number of seats, in each of which a new process takes the place of one that
 * died, on the same host. Confined to the loop, but for {@link #start}.
 */
final class Crew {
    private final Work work;
    private int next;

    /**
     * No seats yet.
     *
     * @param first the number of the first one's host
     */
    Crew(Work work, int first) {
        this.work = work;
        this.next = first;
    }

    /** Starts the first process of a new seat. Blocks. */
    Seat start() {
        String host = Role.CLIENT.host(next);
        next++;
        return new Seat(work.stage().startWorker(host));
    }

    /** Where one process sits at a time. */
    final class Seat {
        private Worker worker;
        private boolean replacing;

        private Seat(Worker first) {
            this.worker = first;
        }

        /** The process that sits here; empty while the last is dead and the next not there yet. */
        Optional<Worker> worker() {
            if (worker.alive()) {
                return Optional.of(worker);
            }
            if (!replacing) {
                replacing = true;
                Worker dead = worker;
                var unused = CompletableFuture.supplyAsync(
                                () -> {
                                    dead.close();
                                    return work.stage().startWorker(dead.name());
                                },
                                work.helper())
                        .whenCompleteAsync((next, failure) -> seated(next, failure), work.loop());
            }
            return Optional.empty();
        }

        private void seated(@Nullable Worker next, @Nullable Throwable failure) {
            replacing = false; // after a failure: whoever asks next tries again
            if (next != null && failure == null) {
                worker = next;
            }
        }
    }
}
