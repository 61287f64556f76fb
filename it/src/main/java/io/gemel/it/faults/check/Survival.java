package io.gemel.it.faults.check;

import io.gemel.it.faults.history.NodeSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** No server ends by itself while no fault harms it: neither of a bug nor of what happens to others. */
final class Survival implements Check {
    /** A sample may be written down some time after its node was looked at. */
    private static final long LATE_NANOS = 2_000_000_000L;

    @Override
    public String name() {
        return "survival";
    }

    @Override
    public String promise() {
        return "No server ends by itself while no fault harms it.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Samples samples = evidence.sampled();
        Faults faults = evidence.faults();
        Map<String, Integer> told = new HashMap<>();
        Map<String, Integer> starts = new HashMap<>();
        for (NodeSample sample : samples.all()) {
            starts.merge(sample.node(), sample.starts(), Math::max);
            boolean excused = sample.alive()
                    || sample.starts() == 0
                    || faults.during(sample.nanos() - LATE_NANOS, sample.nanos()).stream()
                            .anyMatch(fault -> fault.anywhere() || fault.nodes().contains(sample.node()));
            Integer before = excused ? null : told.put(sample.node(), sample.starts());
            if (!excused && (before == null || before != sample.starts())) {
                judgement.broken(
                        "%s, in its start %d, was found ended at %s; its log says why"
                                .formatted(sample.node(), sample.starts(), Spans.moment(sample.nanos())),
                        List.of());
            }
        }
        starts.forEach((node, count) -> judgement.figure("starts of " + node, count));
        return samples.all().isEmpty()
                ? judgement.undecided("there are no samples")
                : judgement.verdict("%,d samples, no unexplained end"
                        .formatted(samples.all().size()));
    }
}
