package io.gemel.it.faults.check;

import io.gemel.it.faults.check.Incarnation.Death;
import io.gemel.it.faults.check.Incarnation.Interval;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What living clients held, and when: the truth that lists and watchers are held against.
 *
 * <p>How a history tells of it: a client that {@code OPEN}s a session registers ephemeral instances and nothing else, each time with a
 * value of its own, under its own name as process. It ends with {@code CLOSE}, or with {@code KILL}, which is recorded for each
 * client of the process that is killed, before it happens; {@code FREEZE} and {@code THAW} likewise, the latter after it
 * happened. Two clients that claim one address at the same time are owed nothing.
 */
final class Incarnations {
    private final Map<String, List<Incarnation>> byService = new TreeMap<>();
    private final Map<Seat, List<Incarnation>> bySeat = new HashMap<>();
    private final Map<String, List<Operation>> byOwner;
    private final Map<String, List<Operation>> byKey;
    private final Fates fates;
    private final long returned;
    private final long gone;

    private record Seat(String service, String instance, String value) {}

    private Incarnations(List<Operation> operations, Fates fates, Set<String> sessions, Bounds bounds) {
        this.byOwner = operations.stream().collect(Collectors.groupingBy(Operation::process));
        this.byKey = operations.stream()
                .filter(one -> one.op() == Op.REGISTER && sessions.contains(one.process()))
                .collect(Collectors.groupingBy(Operation::key));
        this.fates = fates;
        this.returned = bounds.converge().toNanos();
        this.gone = bounds.gone().toNanos();
        for (Operation one : operations) {
            if (one.op() == Op.REGISTER && sessions.contains(one.process()) && !one.failed()) {
                add(one);
            }
        }
    }

    static Incarnations of(Evidence evidence) {
        Set<String> sessions =
                evidence.history().of(Op.OPEN).stream().map(Event::process).collect(Collectors.toSet());
        return new Incarnations(
                Operation.of(evidence.history(), Op.REGISTER, Op.DEREGISTER, Op.CLOSE),
                evidence.fates(),
                sessions,
                evidence.bounds());
    }

    /** Services with ephemeral registrations, sorted. */
    Set<String> services() {
        return byService.keySet();
    }

    /** Those of {@code service}, by their registration. */
    List<Incarnation> of(String service) {
        return byService.getOrDefault(service, List.of());
    }

    List<Incarnation> all() {
        return byService.values().stream().flatMap(List::stream).toList();
    }

    /** Those that a list can mean by this; more than one only if a value was used twice. */
    List<Incarnation> of(String service, String instance, String value) {
        return bySeat.getOrDefault(new Seat(service, instance, value), List.of());
    }

    private void add(Operation registration) {
        List<Death> dead = deaths(registration);
        Incarnation made = new Incarnation(
                Keys.service(registration.key()),
                Keys.instance(registration.key()),
                registration.value().orElse(""),
                registration,
                due(registration, dead),
                dead);
        byService.computeIfAbsent(made.service(), service -> new ArrayList<>()).add(made);
        bySeat.computeIfAbsent(new Seat(made.service(), made.instance(), made.value()), seat -> new ArrayList<>())
                .add(made);
    }

    private List<Death> deaths(Operation registration) {
        List<Death> deaths = new ArrayList<>();
        long end = Long.MAX_VALUE;
        for (Operation later : laterOf(registration)) {
            boolean session = later.op() == Op.CLOSE;
            // One of unknown outcome may take effect even after what was meant to undo it, until its session ends.
            if (later.ok() && (session || registration.ok()) && later.to() < end) {
                end = later.to();
                deaths = new ArrayList<>(List.of(new Death(
                        new Interval(end, Long.MAX_VALUE),
                        !session,
                        later.completion().orElseThrow())));
            }
        }
        for (Event fate : fates.after(registration.process(), registration.from())) {
            if (fate.nanos() >= end) {
                break;
            }
            if (fate.op() == Op.KILL) {
                deaths.removeIf(Death::forGood);
                deaths.add(new Death(new Interval(fate.nanos(), Long.MAX_VALUE), false, fate));
                break;
            }
            if (fate.op() == Op.FREEZE) {
                deaths.add(new Death(new Interval(fate.nanos(), Math.min(end, thaw(fate))), false, fate));
            }
        }
        deaths.sort(Comparator.comparingLong(death -> death.during().from()));
        return deaths;
    }

    /** What the owner did later that ends or replaces {@code registration}, if it took effect. */
    private List<Operation> laterOf(Operation registration) {
        return byOwner.getOrDefault(registration.process(), List.of()).stream()
                .filter(one -> one.op() == Op.CLOSE || one.key().equals(registration.key()))
                .filter(one -> !one.failed() && one.from() > registration.from())
                .toList();
    }

    /** When the client that {@code freeze} stopped went on, or was killed. */
    private long thaw(Event freeze) {
        return fates.after(freeze.process(), freeze.nanos()).stream()
                .filter(fate -> fate.op() != Op.FREEZE)
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    private List<Interval> due(Operation registration, List<Death> dead) {
        if (!registration.ok()) {
            return List.of();
        }
        long end = Long.MAX_VALUE;
        for (Operation later : laterOf(registration)) {
            end = Math.min(end, later.from());
        }
        for (Operation other : byKey.getOrDefault(registration.key(), List.of())) {
            if (!other.failed() && !other.process().equals(registration.process())) {
                end = Math.min(end, rivalFrom(registration, other));
            }
        }
        List<Interval> due = new ArrayList<>();
        long from = registration.to();
        for (Death death : dead) {
            if (death.during().from() >= end) {
                break;
            }
            due.add(new Interval(from, death.during().from()));
            from = death.forGood() ? Long.MAX_VALUE : death.during().to() + returned;
        }
        due.add(new Interval(from, end));
        due.removeIf(interval -> interval.from() >= interval.to());
        return due;
    }

    /** From when on {@code other}, at the same address, may stand in the way. */
    private long rivalFrom(Operation registration, Operation other) {
        if (other.from() > registration.from()) {
            return other.from();
        }
        // Who was told to end and has answered is out of the way; what one leaves that died unheard is not yet.
        boolean over = deaths(other).stream()
                .anyMatch(death -> death.forGood()
                        && death.during().from() + (death.how().op() == Op.KILL ? gone : 0) < registration.from());
        return over ? Long.MAX_VALUE : registration.from();
    }
}
