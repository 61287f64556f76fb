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
 * @param load how much of ephemeral instances, sessions and watchers there is where that matters
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
        Load load,
        Ticker ticker,
        PrintWriter log) {

    /**
     * How much there is.
     *
     * @param perSecond changes per second that watchers of ephemeral instances are told of
     * @param sessions the sessions that hold the instances of size-ephemeral-1, one setup after the other
     * @param ephemeral how many instances those hold
     * @param replaced how many instances of one service are replaced under its watchers
     * @param watchers how many there are of it
     * @param held the sessions of a server that is killed, with an instance each
     */
    record Load(int perSecond, List<Integer> sessions, int ephemeral, int replaced, int watchers, int held) {
        /** What the goals are stated for. */
        static final Load USUAL = new Load(1_000, List.of(100, 10_000), 100_000, 1_000, 200, 5_000);
    }

    List<Integer> sessions() {
        return load.sessions();
    }

    int ephemeral() {
        return load.ephemeral();
    }

    int replaced() {
        return load.replaced();
    }

    int watchers() {
        return load.watchers();
    }

    int held() {
        return load.held();
    }

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
                load,
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
