package io.gemel.it.faults.run;

import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the command line asks for.
 *
 * @param nemeses those that can be injected here
 * @param unavailable by name of one that was asked for and cannot, why
 * @param time of each run
 * @param restarts whether every server is restarted in the end
 * @param out where runs leave their traces; empty for a directory that tells their names
 */
record Asked(
        List<Workload> workloads,
        List<Nemesis> nemeses,
        Map<String, String> unavailable,
        long seed,
        Duration time,
        int nodes,
        String network,
        String bug,
        boolean restarts,
        Optional<Path> out) {
    private static final Path ROOT = Path.of("data", "faults");

    /** The one run of these nemeses together. */
    RunPlan single() {
        Workload workload = workloads.get(0);
        String name = workload.name() + "-"
                + nemeses.stream().map(Nemesis::name).collect(Collectors.joining("+")) + "-" + seed;
        return plan(workload, nemeses, seed, out.orElse(ROOT.resolve(name)));
    }

    /** The run number {@code number} of a soak. */
    RunPlan ofSoak(Soak.Mix mix, int number) {
        String name = "%04d-%s-%s-%d"
                .formatted(
                        number,
                        mix.workload().name(),
                        mix.nemeses().stream().map(Nemesis::name).collect(Collectors.joining("+")),
                        mix.seed());
        return plan(mix.workload(), mix.nemeses(), mix.seed(), soakDir().resolve(name));
    }

    /** Where a soak leaves its traces. */
    Path soakDir() {
        return out.orElse(ROOT.resolve("soak-" + seed)).toAbsolutePath();
    }

    private RunPlan plan(Workload workload, List<Nemesis> chosen, long ownSeed, Path dir) {
        return new RunPlan(ownSeed, workload, chosen, time, nodes, dir.toAbsolutePath(), network, bug, restarts);
    }
}
