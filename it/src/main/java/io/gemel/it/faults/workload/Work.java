package io.gemel.it.faults.workload;

import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * What a workload works with.
 *
 * @param stage servers and client processes
 * @param recorder where all it does is recorded
 * @param seeds the workload's own branch
 * @param loop one thread, which owns all state of the workload; nothing on it may block
 * @param helper threads for what blocks
 */
public record Work(Stage stage, Recorder recorder, Seeds seeds, ScheduledExecutorService loop, Executor helper) {
    /** How long one attempt at one server may take: longer than servers wait themselves, so that these get to say why. */
    static final Duration DEADLINE = Duration.ofSeconds(3);

    /** The servers that are there from the beginning to the end. */
    List<ServerNode> servers() {
        return stage.servers();
    }

    /** The server that a step means by {@code number}, of those that are there now. */
    ServerNode server(int number) {
        List<ServerNode> all = stage.everyone();
        return all.get(Math.floorMod(number, all.size()));
    }

    /** Runs {@code task} on the loop. Blocks until it has run; what it throws is thrown here. */
    void onLoop(Runnable task) {
        CompletableFuture.runAsync(task, loop).join();
    }

    /** What {@code question} answers on the loop. Blocks as {@link #onLoop}. */
    <T> T fromLoop(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, loop).join();
    }
}
