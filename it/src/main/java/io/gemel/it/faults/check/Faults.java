package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The faults of a run, by their beginning. Immutable. */
final class Faults {
    private final List<Fault> all;
    private final Set<String> servers;

    private Faults(List<Fault> all, Set<String> servers) {
        this.all = List.copyOf(all);
        this.servers = Set.copyOf(servers);
    }

    static Faults of(Evidence evidence) {
        Set<String> servers = new TreeSet<>();
        evidence.samples().stream().map(NodeSample::node).forEach(servers::add);
        for (Event event : evidence.history().events()) {
            if (event.op() != Op.FAULT && !event.node().isEmpty()) {
                servers.add(event.node());
            }
        }
        return new Faults(
                Operation.of(evidence.history(), Op.FAULT).stream()
                        .map(operation -> Fault.of(operation, servers))
                        .toList(),
                servers);
    }

    List<Fault> all() {
        return all;
    }

    /** The ids of the servers, as far as the evidence names them. */
    Set<String> servers() {
        return servers;
    }

    /** Faults that were in force at some time between the two. */
    List<Fault> during(long from, long to) {
        return all.stream().filter(fault -> fault.during(from, to)).toList();
    }

    /** Whether servers and the links between them were left alone between the two. */
    boolean calm(long from, long to) {
        return all.stream().allMatch(fault -> fault.clientsOnly() || !fault.during(from, to));
    }

    /** When the last harm to servers or links that met the time between the two ended: {@code from} if there was none, {@link Long#MAX_VALUE} if it had not. */
    long calmSince(long from, long to) {
        long since = from;
        for (Fault fault : all) {
            if (!fault.clientsOnly() && fault.during(from, to)) {
                since = Math.max(since, fault.to() > to ? Long.MAX_VALUE : fault.to());
            }
        }
        return since;
    }

    /**
     * A time without harm to servers and links, after one with.
     *
     * @param healed when the last fault was healed
     * @param to when the next began; {@link Long#MAX_VALUE} if none did
     */
    record Calm(long healed, long to) {}

    /** The times after the faults. */
    List<Calm> calms() {
        List<Calm> calms = new ArrayList<>();
        long healed = -1;
        for (Fault fault : all) {
            if (fault.clientsOnly()) {
                continue;
            }
            if (healed >= 0 && healed < fault.from()) {
                calms.add(new Calm(healed, fault.from()));
            }
            healed = Math.max(healed, fault.to());
        }
        if (healed >= 0 && healed < Long.MAX_VALUE) {
            calms.add(new Calm(healed, Long.MAX_VALUE));
        }
        return calms;
    }
}
