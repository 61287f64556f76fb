package io.gemel.it.faults.run;

import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one run does. The same plan gives the same schedule of faults and the same streams of operations.
 *
 * @param nemeses none of which is unavailable
 * @param time how long the faults last
 * @param nodes how many servers
 * @param dir where the run leaves its traces; empty or absent
 * @param network auto, namespaces or proxies
 * @param bug the seeded bug that the servers get; empty for none
 * @param restarts whether every server is restarted once after the faults
 */
record RunPlan(
        long seed,
        Workload workload,
        List<Nemesis> nemeses,
        Duration time,
        int nodes,
        Path dir,
        String network,
        String bug,
        boolean restarts) {
    static final String ANY_NETWORK = "auto";
    private static final Duration RESTARTS_FROM = Duration.ofSeconds(10);

    /** Whether a run of {@code time} restarts every server, unless it is told. */
    static boolean restartsByDefault(Duration time) {
        return time.compareTo(RESTARTS_FROM) >= 0;
    }

    /** The ids of the servers. */
    List<String> nodeIds() {
        return IntStream.rangeClosed(1, nodes).mapToObj(i -> "s" + i).toList();
    }

    /** The names of the nemeses, joined by commas. */
    String nemesisNames() {
        return nemeses.stream().map(Nemesis::name).collect(Collectors.joining(","));
    }

    /** As a person would type it to have the same run again. */
    String command() {
        StringBuilder command =
                new StringBuilder("./gemel faults --workload %s --nemesis %s --time %s --seed %d --nodes %d"
                        .formatted(workload.name(), nemesisNames(), TimeText.of(time), seed, nodes));
        if (!network.equals(ANY_NETWORK)) {
            command.append(" --network ").append(network);
        }
        if (restarts != restartsByDefault(time)) {
            command.append(restarts ? " --restarts" : " --no-restarts");
        }
        if (!bug.isEmpty()) {
            command.append(" --bug ").append(bug);
        }
        return command.toString();
    }
}
