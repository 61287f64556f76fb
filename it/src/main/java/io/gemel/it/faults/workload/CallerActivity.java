package io.gemel.it.faults.workload;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Clients of persistent instances at work. */
final class CallerActivity implements Activity {
    /** More at once on one key would take long to judge. */
    private static final int CLIENTS = 5;

    private static final int TRIES = 20;
    private static final Duration REST_BETWEEN_TRIES = Duration.ofMillis(500);
    private static final Duration READS_MAX = Duration.ofMinutes(2);
    private static final Duration WORKER_MAX = Duration.ofSeconds(30);

    private final Work work;
    private final LastRead lastRead;
    private final List<Crew.Seat> seats = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();

    /** The part of the stream that the foremost client is in. Confined to the loop. */
    private int front;

    /** Makes the stream of each client. */
    @FunctionalInterface
    interface Streams {
        Steps of(Seeds seeds, int client);
    }

    /** What is read in the end: of one part, at one server. */
    @FunctionalInterface
    interface LastRead {
        CompletableFuture<Event> read(Calls calls, Calls.Line line, int part);
    }

    private CallerActivity(Work work, LastRead lastRead) {
        this.work = work;
        this.lastRead = lastRead;
    }

    /**
     * Starts clients with these streams, each at home at another server. Blocks.
     *
     * @param firstHost the number of the first process's host
     * @param processes how many of those
     */
    static CallerActivity begin(Work work, int firstHost, int processes, Streams streams, LastRead lastRead) {
        CallerActivity activity = new CallerActivity(work, lastRead);
        Crew crew = new Crew(work, firstHost);
        for (int i = 0; i < processes; i++) {
            activity.seats.add(crew.start());
        }
        for (int i = 0; i < CLIENTS; i++) {
            activity.callers.add(new Caller(
                    work,
                    activity.seats.get(i % processes),
                    "p" + i,
                    streams.of(work.seeds().branch("client " + i), i),
                    activity::late));
        }
        work.onLoop(() -> activity.callers.forEach(Caller::start));
        return activity;
    }

    /** Whether the foremost client has left the part of {@code step} behind. */
    private boolean late(Step step) {
        front = Math.max(front, step.part());
        return step.part() < front;
    }

    @Override
    public void settle() {
        work.onLoop(() -> callers.forEach(Caller::settle));
    }

    @Override
    public boolean atRest() {
        return work.fromLoop(() -> callers.stream().allMatch(Caller::idle));
    }

    @Override
    public String unrest() {
        return atRest() ? "" : "operations are under way";
    }

    @Override
    public void readAll() {
        List<Optional<Worker>> found = new ArrayList<>();
        boolean there = Patience.until(WORKER_MAX, () -> {
            found.clear();
            found.add(work.fromLoop(() -> seats.get(0).worker()));
            return found.get(0).isPresent();
        });
        if (!there) {
            throw new IllegalStateException("no client process to read with");
        }
        int parts = work.fromLoop(() -> front);
        List<CompletableFuture<?>> reads = new ArrayList<>();
        for (ServerNode server : work.servers()) {
            Calls.Line line = new Calls.Line(found.get(0).orElseThrow(), "last-" + server.id(), server);
            CompletableFuture<?> chain = CompletableFuture.completedFuture(line);
            for (int part = 0; part <= parts; part++) {
                int number = part;
                chain = chain.thenCompose(before -> read(line, number, TRIES));
            }
            reads.add(chain);
        }
        CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                .orTimeout(READS_MAX.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Again and again: what cannot be read in the end cannot be judged. */
    private CompletableFuture<Event> read(Calls.Line line, int part, int tries) {
        return lastRead.read(new Calls(work.recorder()), line, part)
                .thenCompose(event -> event.type() == Event.Type.OK || tries == 1
                        ? CompletableFuture.completedFuture(event)
                        : CompletableFuture.runAsync(
                                        () -> {},
                                        CompletableFuture.delayedExecutor(
                                                REST_BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS, work.helper()))
                                .thenCompose(rested -> read(line, part, tries - 1)));
    }
}
