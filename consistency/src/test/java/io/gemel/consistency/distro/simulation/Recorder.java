package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.simulation.Observation.Op;
import io.gemel.consistency.distro.simulation.Observation.Shown;
import io.gemel.consistency.distro.simulation.Observation.Stage;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
    private final List<NodeState> states = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /** What views show that were told of before: most are, again and again. */
    private final IdentityHashMap<List<Registration>, List<Shown>> known = new IdentityHashMap<>();

    private final Map<ServiceId, String> names = new HashMap<>();
    private long last;

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

    List<NodeState> states() {
        return states;
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

    void fault(Stage stage, String process, String name, String met) {
        plain(stage, Op.FAULT, process, "", name, Optional.of(met));
    }

    /** A turn in the life of a client, in one of the lives of the machine {@code host}. */
    void life(Stage stage, Op op, String process, String node, String host) {
        plain(stage, op, process, node, "", Optional.of(host));
    }

    /** A client begins to watch, or ends it. */
    void watch(Stage stage, String process, ServiceId service) {
        plain(stage, Op.VIEW, process, "", name(service), Optional.empty());
    }

    /** A reader asks. */
    void asks(String process, String node, ServiceId service) {
        plain(Stage.INVOKE, Op.LIST, process, node, name(service), Optional.empty());
    }

    void state(NodeState state) {
        states.add(state);
    }

    /** Now; never the same twice, for what happens at one time has an order as well. */
    long moment() {
        last = Math.max(last + 1, timeline.now());
        return last;
    }

    private void plain(Stage stage, Op op, String process, String node, String key, Optional<String> value) {
        if (observes) {
            observations.add(new Observation(
                    moment(), process, stage, op, node, key, value, OptionalLong.empty(), List.of(), Optional.empty()));
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
                    moment(), process, stage, op, node, key, value, OptionalLong.empty(), List.of(), error));
        }
    }

    void shown(Op op, String process, String node, ServiceView view) {
        if (observes) {
            observations.add(new Observation(
                    moment(),
                    process,
                    Stage.OK,
                    op,
                    node,
                    name(view.service()),
                    Optional.empty(),
                    OptionalLong.of(view.revision()),
                    known.computeIfAbsent(view.registrations(), Recorder::shown),
                    Optional.empty()));
        }
    }

    private static List<Shown> shown(List<Registration> registrations) {
        List<Shown> shown = new ArrayList<>();
        for (Registration registration : registrations) {
            shown.add(new Shown(
                    text(registration.key()),
                    registration.instance().metadata().getOrDefault(INCARNATION, ""),
                    registration.suspect()));
        }
        return List.copyOf(shown);
    }

    void refused(Op op, String process, String node, String key, String error) {
        if (observes) {
            write(Stage.FAIL, op, process, node, key, Optional.empty(), Optional.of(error));
        }
    }

    private String name(ServiceId service) {
        return names.computeIfAbsent(service, ServiceId::toString);
    }

    static String text(ServiceId service, InstanceKey key) {
        return service + "#" + text(key);
    }

    private static String text(InstanceKey key) {
        return key.ip() + ":" + key.port() + "/" + key.cluster();
    }
}
