package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.DistroConfig;
import io.gemel.naming.GuardMode;
import io.gemel.naming.LossGuard;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs scenarios. The same scenario gives the same run. */
public final class Simulation {
    /** From the healing of all faults until all nodes must show what is true. */
    public static final Duration CONVERGENCE = Duration.ofSeconds(20);

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration PROBE = Duration.ofMillis(250);
    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final long MILLIS = 1_000_000;

    private final Scenario scenario;
    private final World world;
    private final Truth truth;
    private final WarmStarts warmStarts;
    private final boolean observes;

    /**
     * How a run ended.
     *
     * @param violations what must not happen, and did; empty if all was well
     * @param observations what clients did and saw; empty if the run was not observed
     * @param states what nodes were like; empty if the run was not observed
     * @param convergence from the healing of all faults until all nodes showed what is true
     * @param simulated how much time passed in the simulation
     * @param events how many tasks ran
     */
    public record Outcome(
            List<String> violations,
            List<Observation> observations,
            List<NodeState> states,
            Duration convergence,
            Duration simulated,
            long events) {
        /** Copies the lists. */
        public Outcome {
            violations = List.copyOf(violations);
            observations = List.copyOf(observations);
            states = List.copyOf(states);
        }

        /** What nodes answered to whoever asked for the service of this number, from so many milliseconds after the beginning on. */
        public List<Observation> lists(int service, long fromMillis) {
            String key = World.service(service).toString();
            return observations.stream()
                    .filter(seen -> seen.op() == Observation.Op.LIST && seen.stage() == Observation.Stage.OK)
                    .filter(seen -> seen.key().equals(key) && seen.nanos() > fromMillis * MILLIS)
                    .toList();
        }
    }

    private Simulation(Scenario scenario, boolean observes) {
        this.scenario = scenario;
        this.observes = observes;
        SimulatedServer.Settings settings =
                new SimulatedServer.Settings(DistroConfig.DEFAULT, Duration.ofSeconds(2), guard(scenario.hold()));
        this.world = new World(scenario.nodes(), scenario.seed(), settings, observes, scenario.joins());
        boolean inTheEndNobodyIsSuspect = scenario.hold().compareTo(CONVERGENCE.dividedBy(4)) <= 0;
        this.truth = new Truth(world, inTheEndNobodyIsSuspect);
        this.warmStarts = new WarmStarts(world);
    }

    /** One that acts early, since a simulated service has few instances. */
    private static LossGuard.Config guard(Duration hold) {
        return new LossGuard.Config(hold.isZero() ? GuardMode.OFF : GuardMode.ON, 0.3, 2, Duration.ofSeconds(15), hold);
    }

    /** Runs {@code scenario}, heals everything, and waits until all nodes show what is true. */
    public static Outcome run(Scenario scenario) {
        return new Simulation(scenario, false).run();
    }

    /** As {@link #run}, and keeps what clients did and saw. */
    public static Outcome observe(Scenario scenario) {
        return new Simulation(scenario, true).run();
    }

    @SuppressWarnings("IllegalCatch") // whatever is thrown by what is simulated, the run tells
    private Outcome run() {
        Duration convergence = Duration.ZERO;
        try {
            world.recorder().phase("setup");
            runFor(WARM_UP);
            probe();
            world.recorder().phase("faults");
            disturb();
            world.recorder().phase("heal");
            world.heal();
            convergence = converge();
        } catch (Throwable failure) {
            world.recorder().violated("uncaught: " + failure);
        }
        world.recorder().phase("end");
        return new Outcome(
                world.recorder().violations(),
                world.recorder().observations(),
                world.recorder().states(),
                convergence,
                Duration.ofNanos(world.timeline().now()),
                world.timeline().ran());
    }

    private void disturb() {
        for (Step step : scenario.steps()) {
            world.timeline().runUntil(step.atMillis() * MILLIS);
            world.apply(step);
        }
    }

    private Duration converge() {
        long healed = world.timeline().now();
        Optional<String> missing = truth.missing().or(this::stays);
        while (missing.isPresent() && world.timeline().now() - healed < CONVERGENCE.toNanos()) {
            runFor(Duration.ofMillis(50));
            missing = truth.missing().or(this::stays);
        }
        missing.ifPresent(
                what -> world.recorder().violated("not converged " + CONVERGENCE + " after healing: " + what));
        Duration convergence = Duration.ofNanos(world.timeline().now() - healed);
        world.recorder().phase("final");
        runFor(Duration.ofSeconds(1));
        return convergence;
    }

    /** What is missing after a quiet while. A keepalive of before the healing may yet end a connection: then it is to be waited for again. */
    private Optional<String> stays() {
        world.recorder().phase("recovered");
        runFor(QUIET);
        Optional<String> missing = truth.missing();
        if (truth.unsettled().isEmpty()) {
            missing.ifPresent(lost -> world.recorder().violated("converged, and then: " + lost));
        }
        return missing;
    }

    private void runFor(Duration time) {
        world.timeline().runUntil(world.timeline().now() + time.toNanos());
    }

    // ---- what is looked at on the way ----

    private void probe() {
        world.timeline().at(world.timeline().now() + PROBE.toNanos(), () -> {
            truth.differentDigests().ifPresent(world.recorder()::violated);
            warmStarts.missing().ifPresent(world.recorder()::violated);
            world.lookForNewMembers();
            if (observes) {
                world.look();
                world.notRemoved().stream().filter(Node::up).forEach(this::list);
            }
            probe();
        });
    }

    private void list(Node node) {
        String reader = "reader-" + node.host().name();
        world.timeline().at(world.timeline().now(), node.host(), () -> {
            for (int number = 1; number <= World.SERVICES; number++) {
                list(reader, node, World.service(number));
            }
        });
    }

    private void list(String reader, Node node, ServiceId service) {
        String name = node.host().name();
        Recorder recorder = world.recorder();
        recorder.asks(reader, name, service);
        var unused = node.server().naming().find(service, ReadLevel.LOCAL).whenComplete((view, failure) -> {
            boolean absent =
                    failure instanceof RegistryException refusal && refusal.code() == RegistryException.Code.NOT_FOUND;
            if (failure == null) {
                recorder.shown(Observation.Op.LIST, reader, name, view);
            } else if (absent) {
                ServiceView none = new ServiceView(service, 0, List.of());
                recorder.shown(Observation.Op.LIST, reader, name, none);
            } else {
                recorder.refused(Observation.Op.LIST, reader, name, service.toString(), String.valueOf(failure));
            }
        });
    }
}
