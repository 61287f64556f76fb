package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.simulation.Observation.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The faults that are in force, as the record of the run tells of them: who was met, from when to when. */
final class Injected {
    private final Recorder recorder;
    private final Map<String, List<Fault>> byCure = new HashMap<>();
    private int count;

    private record Fault(String process, String name, String met) {}

    Injected(Recorder recorder) {
        this.recorder = recorder;
    }

    /**
     * A fault begins.
     *
     * @param cure what ends it
     * @param met nodes and clients by their names, links as s1>s2; separated by spaces
     */
    void begin(String cure, String name, String met) {
        Fault fault = new Fault("fault-" + ++count, name, met);
        byCure.computeIfAbsent(cure, c -> new ArrayList<>()).add(fault);
        recorder.fault(Stage.INVOKE, fault.process, name, met);
    }

    /** All that {@code cure} ends is over. */
    void end(String cure) {
        List<Fault> over = byCure.remove(cure);
        if (over != null) {
            over.forEach(fault -> recorder.fault(Stage.OK, fault.process, fault.name, fault.met));
        }
    }

    /** A fault that is over as it happens. */
    void moment(String name, String met) {
        begin(name, name, met);
        end(name);
    }
}
