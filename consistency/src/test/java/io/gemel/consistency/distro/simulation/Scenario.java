package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.simulation.Step.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is done to a simulated cluster, step by step. Immutable; prints itself as the code that makes it. */
public final class Scenario {
    private final int nodes;
    private final long seed;
    private final int holdMillis;
    private final List<Step> steps;
    private final long atMillis;

    private Scenario(int nodes, long seed, int holdMillis, List<Step> steps, long atMillis) {
        this.nodes = nodes;
        this.holdMillis = holdMillis;
        this.seed = seed;
        this.steps = List.copyOf(steps);
        this.atMillis = atMillis;
    }

    /**
     * Nothing is done yet.
     *
     * @param seed of delays, of the clients' choices, and of what else is not a step
     */
    public static Scenario of(int nodes, long seed) {
        return new Scenario(nodes, seed, 0, List.of(), 0);
    }

    /** What is lost together stays listed as suspect, for so many milliseconds. */
    public Scenario guarded(int millis) {
        return new Scenario(nodes, seed, millis, steps, atMillis);
    }

    int nodes() {
        return nodes;
    }

    /** For how long what is lost together stays as suspect; not at all if 0. */
    Duration hold() {
        return Duration.ofMillis(holdMillis);
    }

    /** What delays and choices are drawn from. */
    public long seed() {
        return seed;
    }

    /** In the order of their time. */
    public List<Step> steps() {
        return steps;
    }

    /** The nodes that become members on the way. */
    Set<Integer> joins() {
        return steps.stream()
                .filter(step -> step.kind() == Kind.JOIN)
                .map(step -> step.argument(0))
                .filter(node -> node > nodes)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Scenario with(List<Step> others) {
        return new Scenario(nodes, seed, holdMillis, others, atMillis);
    }

    /** What follows is done so many milliseconds after the beginning, which is not before what precedes it. */
    public Scenario at(long millis) {
        if (millis < atMillis) {
            throw new IllegalArgumentException("at: " + millis + " (expected: " + atMillis + " or later)");
        }
        return new Scenario(nodes, seed, holdMillis, steps, millis);
    }

    Scenario then(Kind kind, int... arguments) {
        Step step = new Step(atMillis, kind, Arrays.stream(arguments).boxed().toList());
        return new Scenario(
                nodes,
                seed,
                holdMillis,
                Stream.concat(steps.stream(), Stream.of(step)).toList(),
                atMillis);
    }

    public Scenario crash(int node) {
        return then(Kind.CRASH, node);
    }

    public Scenario powerOff(int node) {
        return then(Kind.POWER_OFF, node);
    }

    public Scenario start(int node) {
        return then(Kind.START, node);
    }

    public Scenario stop(int node) {
        return then(Kind.STOP, node);
    }

    public Scenario freeze(int node) {
        return then(Kind.FREEZE, node);
    }

    public Scenario thaw(int node) {
        return then(Kind.THAW, node);
    }

    public Scenario drift(int node, int millionths) {
        return then(Kind.DRIFT, node, millionths);
    }

    public Scenario join(int node) {
        return then(Kind.JOIN, node);
    }

    public Scenario remove(int node) {
        return then(Kind.REMOVE, node);
    }

    public Scenario crashAll() {
        return then(Kind.CRASH_ALL);
    }

    public Scenario startAll() {
        return then(Kind.START_ALL);
    }

    public Scenario cut(int from, int to) {
        return then(Kind.CUT, from, to);
    }

    public Scenario isolate(int node) {
        return then(Kind.ISOLATE, node);
    }

    public Scenario split(int bits) {
        return then(Kind.SPLIT, bits);
    }

    public Scenario slow(int from, int to, int millis) {
        return then(Kind.SLOW, from, to, millis);
    }

    public Scenario heal() {
        return then(Kind.HEAL);
    }

    public Scenario open(int client) {
        return then(Kind.OPEN, client);
    }

    public Scenario register(int client, int service, int slot) {
        return then(Kind.REGISTER, client, service, slot);
    }

    public Scenario deregister(int client, int service, int slot) {
        return then(Kind.DEREGISTER, client, service, slot);
    }

    public Scenario watch(int client, int service) {
        return then(Kind.WATCH, client, service);
    }

    public Scenario unwatch(int client, int service) {
        return then(Kind.UNWATCH, client, service);
    }

    public Scenario close(int client) {
        return then(Kind.CLOSE, client);
    }

    public Scenario kill(int client) {
        return then(Kind.KILL, client);
    }

    public Scenario silence(int client) {
        return then(Kind.SILENCE, client);
    }

    public Scenario freezeClient(int client) {
        return then(Kind.FREEZE_CLIENT, client);
    }

    public Scenario thawClient(int client) {
        return then(Kind.THAW_CLIENT, client);
    }

    public Scenario reset(int client) {
        return then(Kind.RESET, client);
    }

    public Scenario cutClient(int client, int node) {
        return then(Kind.CUT_CLIENT, client, node);
    }

    /** As it can be pasted into a test. */
    @Override
    public String toString() {
        StringBuilder code = new StringBuilder("Scenario.of(" + nodes + ", " + seed + "L)");
        code.append(holdMillis == 0 ? "" : ".guarded(" + holdMillis + ")");
        List<String> lines = new ArrayList<>();
        steps.forEach(step -> lines.add("        " + step));
        lines.forEach(line -> code.append('\n').append(line));
        return code.toString();
    }
}
