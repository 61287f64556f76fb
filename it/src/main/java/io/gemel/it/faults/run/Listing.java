package io.gemel.it.faults.run;

import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.workload.Workload;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What there is to choose from, for people. */
final class Listing {
    private final Catalogue catalogue;

    Listing(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    void print(PrintWriter out) {
        out.println("workloads");
        for (Workload workload : catalogue.workloads()) {
            out.printf("  %-18s %s%n", workload.name(), workload.description());
        }
        out.println();
        out.println("nemeses");
        for (Nemesis nemesis : catalogue.nemeses()) {
            out.printf(
                    "  %-18s %s%s%n",
                    nemesis.name(),
                    nemesis.description(),
                    nemesis.unavailable().map(why -> " [not here: " + why + "]").orElse(""));
        }
        out.println();
        out.println("checks");
        Map<String, String> promises = new LinkedHashMap<>();
        for (Workload workload : catalogue.workloads()) {
            for (Check check : workload.checks()) {
                promises.put(check.name(), check.promise());
            }
        }
        promises.forEach((name, promise) -> out.printf("  %-18s %s%n", name, promise));
        out.flush();
    }
}
