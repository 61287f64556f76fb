package io.gemel.it.faults.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import io.gemel.it.faults.workload.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All faults of a run, by the time at which they begin.
 *
 * @param faults none of which needs for itself what another one needs at the same time
 */
record Schedule(List<PlannedFault> faults) {
    /** What follows from the plan's seed. */
    static Schedule of(RunPlan plan) {
        List<PlannedFault> all = new ArrayList<>();
        Seeds seeds = new Seeds(plan.seed()).branch("nemesis");
        for (Nemesis nemesis : plan.nemeses()) {
            all.addAll(nemesis.schedule(seeds.branch(nemesis.name()).random(), plan.time(), plan.nodeIds()));
        }
        all.sort(Comparator.comparing(PlannedFault::from).thenComparing(PlannedFault::name));
        List<PlannedFault> kept = new ArrayList<>();
        for (PlannedFault fault : all) {
            if (kept.stream().noneMatch(other -> clash(other, fault))) {
                kept.add(fault);
            }
        }
        return new Schedule(List.copyOf(kept));
    }

    private static boolean clash(PlannedFault one, PlannedFault other) {
        boolean overlap = one.from().compareTo(other.to()) < 0 && other.from().compareTo(one.to()) < 0;
        Optional<String> claim = claim(one);
        Optional<String> otherClaim = claim(other);
        return overlap
                && ((claim.isPresent() && claim.equals(otherClaim))
                        || claim.filter(Exclusive.EVERYTHING::equals).isPresent()
                        || otherClaim.filter(Exclusive.EVERYTHING::equals).isPresent());
    }

    private static Optional<String> claim(PlannedFault fault) {
        return fault.injection() instanceof Exclusive exclusive ? Optional.of(exclusive.claim()) : Optional.empty();
    }

    /** For schedule.json. */
    JsonObject json(RunPlan plan) {
        JsonObject json = new JsonObject();
        json.addProperty("seed", plan.seed());
        json.addProperty("workload", plan.workload().name());
        JsonArray nemeses = new JsonArray();
        plan.nemeses().forEach(nemesis -> nemeses.add(nemesis.name()));
        json.add("nemeses", nemeses);
        json.addProperty("time", plan.time().toString());
        json.addProperty("nodes", plan.nodes());
        json.addProperty("network", plan.network());
        json.addProperty("restarts", plan.restarts());
        json.addProperty("bug", plan.bug());
        JsonArray list = new JsonArray();
        for (PlannedFault fault : faults) {
            JsonObject one = new JsonObject();
            one.addProperty("fromMs", fault.from().toMillis());
            one.addProperty("toMs", fault.to().toMillis());
            one.addProperty("name", fault.name());
            one.addProperty("target", fault.target());
            list.add(one);
        }
        json.add("faults", list);
        return json;
    }
}
