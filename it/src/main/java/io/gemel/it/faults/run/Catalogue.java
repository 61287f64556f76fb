package io.gemel.it.faults.run;

import io.gemel.it.faults.agent.FailPoints;
import io.gemel.it.faults.agent.Mutant;
import io.gemel.it.faults.agent.Mutants;
import io.gemel.it.faults.disk.DiskNemeses;
import io.gemel.it.faults.nemesis.Nemeses;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Workload;
import io.gemel.it.faults.workload.Workloads;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every workload and every nemesis there is. */
final class Catalogue {
    private final List<Workload> workloads = Workloads.all();
    private final List<Nemesis> nemeses = Stream.of(Nemeses.all(), DiskNemeses.all(), List.of(FailPoints.nemesis()))
            .flatMap(List::stream)
            .toList();

    List<Workload> workloads() {
        return workloads;
    }

    List<Nemesis> nemeses() {
        return nemeses;
    }

    Optional<Workload> workload(String name) {
        return workloads.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    Optional<Nemesis> nemesis(String name) {
        return nemeses.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    Optional<Mutant> mutant(String name) {
        return Mutants.all().stream().filter(one -> one.name().equals(name)).findFirst();
    }
}
