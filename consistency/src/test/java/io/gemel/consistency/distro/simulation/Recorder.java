package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.simulation.Observation.Op;
import io.gemel.consistency.distro.simulation.Observation.Shown;
import io.gemel.consistency.distro.simulation.Observation.Stage;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Keeps what a run is judged by. Violations always, observations if they are asked for. */
final class Recorder {
    /** Where instances carry their incarnation. */
    static final String INCARNATION = "v";

    private static final int VIOLATIONS_MAX = 20;

    private final Timeline timeline;
    private final boolean observes;
    private final List<Observation> observations = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    Recorder(Timeline timeline, boolean observes) {
        this.timeline = timeline;
        this.observes = observes;
    }

    boolean observes() {
        return observes;
    }

    List<Observation> observations() {
        return observations;
    }

    List<String> violations() {
        return violations;
    }

    /** Something that must not happen has happened. */
    void violated(String what) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add("%.3f s: %s".formatted(timeline.now() / 1e9, what));
        }
    }

    void phase(String name) {
        plain(Stage.OK, Op.PHASE, "run", "", name, Optional.empty());
    }

    void fault(Stage stage, String name, String target) {
        plain(stage, Op.FAULT, "nemesis", "", name, Optional.of(target));
    }

    void life(Stage stage, Op op, String process, String node) {
        plain(stage, op, process, node, "", Optional.empty());
    }

    private void plain(Stage stage, Op op, String process, String node, String key, Optional<String> value) {
        if (observes) {
            observations.add(new Observation(
                    timeline.now(),
                    process,
                    stage,
                    op,
                    node,
                    key,
                    value,
                    OptionalLong.empty(),
                    List.of(),
                    Optional.empty()));
        }
    }

    void write(
            Stage stage,
            Op op,
            String process,
            String node,
            String key,
            Optional<String> value,
            Optional<String> error) {
        if (observes) {
            observations.add(new Observation(
                    timeline.now(), process, stage, op, node, key, value, OptionalLong.empty(), List.of(), error));
        }
    }

    void shown(Op op, String process, String node, ServiceView view) {
        if (observes) {
            List<Shown> shown = view.instances().stream()
                    .map(instance ->
                            new Shown(text(instance.key()), instance.metadata().getOrDefault(INCARNATION, "")))
                    .toList();
            observations.add(new Observation(
                    timeline.now(),
                    process,
                    Stage.OK,
                    op,
                    node,
                    view.service().toString(),
                    Optional.empty(),
                    OptionalLong.of(view.revision()),
                    shown,
                    Optional.empty()));
        }
    }

    void refused(Op op, String process, String node, String key, String error) {
        if (observes) {
            write(Stage.FAIL, op, process, node, key, Optional.empty(), Optional.of(error));
        }
    }

    static String text(ServiceId service, InstanceKey key) {
        return service + "#" + text(key);
    }

    private static String text(InstanceKey key) {
        return key.ip() + ":" + key.port() + "/" + key.cluster();
    }
}
