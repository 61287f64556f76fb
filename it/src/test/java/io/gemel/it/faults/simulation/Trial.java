package io.gemel.it.faults.simulation;

import io.gemel.client.ClientOptions;
import io.gemel.consistency.distro.simulation.NodeState;
import io.gemel.consistency.distro.simulation.Observation;
import io.gemel.consistency.distro.simulation.Scenario;
import io.gemel.consistency.distro.simulation.Simulation;
import io.gemel.it.faults.check.Bounds;
import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.check.Checks;
import io.gemel.it.faults.check.Evidence;
import io.gemel.it.faults.check.Verdict;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A scenario that was run in simulated time, and what the checks of the process harness say of it.
 *
 * @param outcome what the simulation itself says
 * @param verdicts of the checks that are about ephemeral instances
 */
record Trial(Scenario scenario, Simulation.Outcome outcome, List<Verdict> verdicts) {
    /** What the simulation calls its own findings, where checks have names. */
    static final String SIMULATION = "simulation";

    /** What a cluster with the usual settings promises of time, and nothing on top: simulated machines are never busy. */
    static final Bounds BOUNDS = new Bounds(
            Duration.ofSeconds(2),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            ClientOptions.of("127.0.0.1:1").keepAlive());

    /** Copies the list. */
    Trial {
        verdicts = List.copyOf(verdicts);
    }

    /** Those that need no Raft, no log file and no process. */
    static List<Check> checks() {
        return Stream.concat(
                        Stream.of(
                                Checks.revisionsGrow(),
                                Checks.registrations(),
                                Checks.zombies(),
                                Checks.resurrection(),
                                Checks.convergence(),
                                Checks.availability(),
                                Checks.namespaces(),
                                Checks.origins(),
                                Checks.recovery()),
                        Checks.watchers().stream())
                .toList();
    }

    static Trial of(Scenario scenario) {
        Simulation.Outcome outcome = Simulation.observe(scenario);
        Evidence evidence = new Evidence(history(outcome), samples(outcome), Map.of(), BOUNDS);
        return new Trial(
                scenario,
                outcome,
                checks().stream().map(check -> check.verdict(evidence)).toList());
    }

    /** The checks that found something. */
    Set<String> violated() {
        Set<String> names = new TreeSet<>();
        verdicts.stream()
                .filter(verdict -> verdict.outcome() == Verdict.Outcome.VIOLATED)
                .forEach(verdict -> names.add(verdict.check()));
        if (!outcome.violations().isEmpty()) {
            names.add(SIMULATION);
        }
        return names;
    }

    /** What was found, one line each. */
    List<String> findings() {
        List<String> lines = new ArrayList<>();
        verdicts.stream()
                .filter(verdict -> verdict.outcome() == Verdict.Outcome.VIOLATED)
                .forEach(verdict -> lines.add(verdict.check() + ": " + verdict.summary()));
        outcome.violations().forEach(violation -> lines.add(SIMULATION + ": " + violation));
        return lines;
    }

    private static History history(Simulation.Outcome outcome) {
        List<Event> events = new ArrayList<>();
        IdentityHashMap<List<Observation.Shown>, List<Seen>> known = new IdentityHashMap<>();
        for (Observation seen : outcome.observations()) {
            events.add(new Event(
                    events.size(),
                    seen.nanos(),
                    seen.process(),
                    type(seen.stage()),
                    op(seen.op()),
                    seen.node(),
                    seen.key(),
                    seen.value(),
                    OptionalLong.empty(),
                    seen.revision(),
                    known.computeIfAbsent(seen.shown(), Trial::certain),
                    seen.error()));
        }
        return new History(events);
    }

    /** The checks judge what is shown for certain. */
    private static List<Seen> certain(List<Observation.Shown> all) {
        List<Seen> certain = new ArrayList<>();
        for (Observation.Shown shown : all) {
            if (!shown.suspect()) {
                certain.add(new Seen(shown.key(), shown.value(), 0, true));
            }
        }
        return List.copyOf(certain);
    }

    private static Event.Type type(Observation.Stage stage) {
        return switch (stage) {
            case INVOKE -> Event.Type.INVOKE;
            case OK -> Event.Type.OK;
            case FAIL -> Event.Type.FAIL;
            case INFO -> Event.Type.INFO;
        };
    }

    private static Op op(Observation.Op op) {
        return switch (op) {
            case REGISTER -> Op.REGISTER;
            case DEREGISTER -> Op.DEREGISTER;
            case LIST -> Op.LIST;
            case VIEW -> Op.VIEW;
            case OPEN -> Op.OPEN;
            case CLOSE -> Op.CLOSE;
            case KILL -> Op.KILL;
            case FREEZE -> Op.FREEZE;
            case THAW -> Op.THAW;
            case FAULT -> Op.FAULT;
            case PHASE -> Op.PHASE;
        };
    }

    private static List<NodeSample> samples(Simulation.Outcome outcome) {
        List<NodeSample> samples = new ArrayList<>();
        for (NodeState state : outcome.states()) {
            samples.add(new NodeSample(
                    state.nanos(), state.node(), state.starts(), state.alive(), state.status(), 0, 0, 0));
        }
        return samples;
    }
}
