package io.gemel.it.faults.run;

import io.gemel.it.faults.nemesis.Nemeses;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Workload;
import io.gemel.it.faults.workload.Workloads;
import java.util.List;
import java.util.Optional;

/** Every workload and every nemesis there is. */
final class Catalogue {
    private final List<Workload> workloads = Workloads.all();
    private final List<Nemesis> nemeses = Nemeses.all();

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
}
