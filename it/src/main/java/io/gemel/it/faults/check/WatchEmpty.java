package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * AP8: no watcher is shown an empty service that was not empty: neither while clients whose instances the server must show lived
 * (see {@link Sight}), nor, in calm times, while persistent instances were there.
 */
final class WatchEmpty implements Check {
    @Override
    public String name() {
        return "watch-empty";
    }

    @Override
    public String promise() {
        return "No watcher is shown an empty service that was not empty.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Watchers watchers = evidence.watchers();
        Fates fates = evidence.fates();
        Incarnations incarnations = evidence.incarnations();
        Faults faults = evidence.faults();
        Sight sight = evidence.sight();
        Map<String, Roll> rolls = new HashMap<>();
        List<Event> empty = watchers.views().values().stream()
                .flatMap(List::stream)
                .filter(view -> view.seen().isEmpty())
                .sorted(Comparator.comparingLong(Event::nanos))
                .toList();
        long sync = evidence.bounds().sync().toNanos();
        long settle = evidence.bounds().converge().toNanos();
        Map<String, List<Operation>> writes =
                evidence.persistent().stream().collect(Collectors.groupingBy(one -> Keys.service(one.key())));
        for (Event view : empty) {
            long from = view.nanos() - sync;
            if (!fates.steady(view.process(), from, view.nanos())) {
                continue;
            }
            Roll roll = rolls.computeIfAbsent(view.key(), service -> new Roll(incarnations.of(service)));
            Optional<Operation> there = roll.due(from, view.nanos()).stream()
                    .filter(entry -> entry.due().from() + sync <= from)
                    .map(Roll.Entry::incarnation)
                    .filter(one -> sight.sees(
                            view.node(), one.owner(), one.registration().to(), from, view.nanos()))
                    .map(Incarnation::registration)
                    .findFirst();
            there.or(() -> faults.calm(view.nanos() - settle, view.nanos())
                            ? persistent(writes.getOrDefault(view.key(), List.of()), view, settle)
                            : Optional.empty())
                    .ifPresent(registration -> tell(judgement, view, registration));
        }
        judgement.figure("views", watchers.count());
        judgement.figure("empty views", empty.size());
        return watchers.count() == empty.size()
                ? judgement.undecided("no watcher was shown any instance")
                : judgement.verdict("%,d views, %,d of them rightly empty".formatted(watchers.count(), empty.size()));
    }

    /** A persistent instance that was certainly there when {@code view} was made. */
    private static Optional<Operation> persistent(List<Operation> writes, Event view, long settle) {
        return writes.stream()
                .filter(one -> one.op() == Op.REGISTER || one.op() == Op.CAS)
                .filter(one -> one.ok() && one.to() <= view.nanos() - settle)
                .filter(one -> writes.stream()
                        .noneMatch(other -> other.op() == Op.DEREGISTER
                                && !other.failed()
                                && other.key().equals(one.key())
                                && other.from() <= view.nanos()
                                && other.to() >= one.from()))
                .findFirst();
    }

    private static void tell(Judgement judgement, Event view, Operation registration) {
        List<Event> events = new ArrayList<>(registration.events());
        events.add(view);
        judgement.broken(
                "%s, watching at %s, was shown an empty %s at %s, though %s of %s was there since %s"
                        .formatted(
                                view.process(),
                                view.node(),
                                view.key(),
                                Spans.moment(view.nanos()),
                                registration.value().orElse("an instance"),
                                registration.process(),
                                Spans.moment(registration.to())),
                events);
    }
}
