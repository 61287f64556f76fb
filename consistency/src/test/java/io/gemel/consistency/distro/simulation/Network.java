package io.gemel.consistency.distro.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The hosts and what lies between them. Each direction between two hosts can be cut, silently, and slowed down.
 *
 * <p>It behaves as TCP over such a network: what is sent arrives late rather than not at all, in order; a cut is noticed only by
 * who misses a sign of life; the end of a process is told by its kernel, the end of a machine by nobody.
 */
final class Network {
    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;
    private static final long DELAY_PURPOSE = 101;
    private static final long RETRANSMIT_PURPOSE = 102;
    private static final long RESET_PURPOSE = 103;
    private static final long RETRANSMIT_MAX = 10_000 * MILLIS;

    private final Timeline timeline;
    private final Noise noise;
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final Map<String, Services> services = new HashMap<>();
    private final Set<Direction> cuts = new HashSet<>();
    private final Map<Direction, Long> slow = new HashMap<>();
    private final Set<Pipe> stalled = new LinkedHashSet<>();
    private final List<Wire> wires = new ArrayList<>();

    /** From one host to another. */
    private record Direction(Host from, Host to) {}

    Network(Timeline timeline, Noise noise) {
        this.timeline = timeline;
        this.noise = noise;
    }

    Host host(String name) {
        return hosts.computeIfAbsent(name, n -> new Host(n, hosts.size() + 1, timeline));
    }

    Timeline timeline() {
        return timeline;
    }

    Noise noise() {
        return noise;
    }

    /** From now on {@code host} answers calls. */
    void serve(Host host, Services offered) {
        services.put(host.name(), offered);
    }

    void closePort(Host host) {
        services.remove(host.name());
    }

    Optional<Services> servedBy(Host host) {
        return host.alive() ? Optional.ofNullable(services.get(host.name())) : Optional.empty();
    }

    // ---- faults ----

    void cut(Host from, Host to) {
        cuts.add(new Direction(from, to));
    }

    boolean isCut(Host from, Host to) {
        return !cuts.isEmpty() && cuts.contains(new Direction(from, to));
    }

    /** Whether nothing gets from one host to the other, or not as fast as it should. */
    boolean disturbed(Host from, Host to) {
        return isCut(from, to) || slow.containsKey(new Direction(from, to));
    }

    /** What goes from one host to the other takes up to so much longer. */
    void slow(Host from, Host to, long millis) {
        slow.put(new Direction(from, to), millis * MILLIS);
    }

    /** All is connected, and fast. */
    void heal() {
        cuts.clear();
        slow.clear();
        for (Pipe pipe : List.copyOf(stalled)) {
            resume(pipe);
        }
    }

    void heal(Host from, Host to) {
        cuts.remove(new Direction(from, to));
        for (Pipe pipe : List.copyOf(stalled)) {
            if (pipe.goes(from, to)) {
                resume(pipe);
            }
        }
    }

    private void resume(Pipe pipe) {
        stalled.remove(pipe);
        long waited = Math.min(RETRANSMIT_MAX, pipe.stalledFor(timeline.now()));
        pipe.resume(noise.below(waited + 1, RETRANSMIT_PURPOSE, pipe.place(), timeline.now()));
    }

    void stalled(Pipe pipe) {
        stalled.add(pipe);
    }

    /** The process of {@code host} ends. Its kernel says so to whoever it is connected with; a machine without power does not. */
    void end(Host host, boolean powerOff) {
        host.end(powerOff);
        services.remove(host.name());
        for (Wire wire : wires) {
            wire.died(host, powerOff);
        }
        sweep();
    }

    /** A machine that lost its power is back: whoever sends on an old connection is told that there is none. */
    void begin(Host host) {
        host.begin();
        for (Wire wire : wires) {
            wire.orphanedBy(host, noise.below(1_000 * MILLIS, RESET_PURPOSE, wire.place(), timeline.now()));
        }
    }

    /** Something on the way ends all connections of {@code host}, and both sides are told. */
    void reset(Host host) {
        wires.forEach(wire -> wire.reset(host));
        sweep();
    }

    // ---- connections ----

    /** How long what is sent now is on its way: mostly short, now and then long. */
    long delay(Host from, Host to, long salt) {
        long drawn = noise.bits(DELAY_PURPOSE, place(from, to) + salt * 1_000_003, timeline.now());
        long kind = Math.floorMod(drawn, 200);
        long most = kind == 0 ? 200 * MILLIS : kind < 10 ? 20 * MILLIS : 600 * MICROS;
        long extra = slow.isEmpty() ? 0 : slow.getOrDefault(new Direction(from, to), 0L);
        return 100 * MICROS + Math.floorMod(drawn >> 8, most) + (extra == 0 ? 0 : Math.floorMod(drawn >> 12, extra));
    }

    /** What tells this direction from all others where noise is concerned. */
    static long place(Host from, Host to) {
        return from.number() * 1_000 + to.number();
    }

    void opened(Wire wire) {
        if (wires.size() % 64 == 63) {
            sweep();
        }
        wires.add(wire);
    }

    private void sweep() {
        wires.removeIf(Wire::over);
    }
}
