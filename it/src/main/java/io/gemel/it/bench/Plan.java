package io.gemel.it.bench;

import io.gemel.naming.Ticker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How much to measure, and with what.
 *
 * @param dir where servers keep their data: on the disk that is to be measured, not in memory
 * @param rounds how often starts, crashes and idle servers are repeated
 * @param windows how many windows of each load count
 * @param window how long one lasts
 * @param warmUp how long a load runs before the first window
 * @param foreignMax the share of the machine, 0..1, that others may use in a window that counts
 * @param callers the concurrent callers of each load, one after the other
 * @param clientsPerNode the clients, each with a connection of its own, that many callers share
 * @param instances how many a measure of size registers
 * @param heapMebibytes how much of a heap each server may have there, in MiB
 * @param ticker the only clock
 * @param log told what is going on
 */
record Plan(
        Path dir,
        int rounds,
        int windows,
        Duration window,
        Duration warmUp,
        double foreignMax,
        List<Integer> callers,
        int clientsPerNode,
        int instances,
        int heapMebibytes,
        Ticker ticker,
        PrintWriter log) {

    /** This plan for one number of callers only. */
    Plan with(int callers) {
        return new Plan(
                dir,
                rounds,
                windows,
                window,
                warmUp,
                foreignMax,
                List.of(callers),
                clientsPerNode,
                instances,
                heapMebibytes,
                ticker,
                log);
    }

    /** Tells whoever waits what is being measured. */
    void say(String line) {
        log.println(line);
        log.flush();
    }

    /** Milliseconds since {@code startNanos}. */
    double millisSince(long startNanos) {
        return (ticker.nanos() - startNanos) / 1e6;
    }
}
