package io.gemel.it.faults.check;

import io.gemel.it.faults.check.Incarnation.Death;
import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * AP2: no node lists an instance that was taken back for longer than {@link Bounds#sync}, nor one of a client that was closed, killed
 * or frozen for longer than {@link Bounds#gone}.
 *
 * <p>Faults of servers or links between that end and the LIST put it off, until the last of them was healed for as long as
 * {@link Bounds#gone} and {@link Bounds#converge} say. A run must therefore go on until no node lists it, or until that has passed.
 */
final class Zombies implements Check {
    @Override
    public String name() {
        return "zombies";
    }

    @Override
    public String promise() {
        return "No node lists an instance of a dead client beyond the bound.";
    }

    private record Place(Incarnation incarnation, String node) {}

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Incarnations incarnations = evidence.incarnations();
        Faults faults = evidence.faults();
        Roster roster = evidence.roster();
        List<Listing> lists = evidence.lists();
        Map<Place, Listing> zombies = new LinkedHashMap<>();
        Map<Place, Listing> last = new HashMap<>();
        for (Listing list : lists) {
            list.ephemeral().forEach((instance, value) -> {
                for (Incarnation one : incarnations.of(list.service(), instance, value)) {
                    Optional<Death> death = death(one, list);
                    death.ifPresent(dead -> last.put(new Place(one, list.node()), list));
                    if (death.filter(dead -> overdue(dead, list, faults, evidence.bounds()))
                            .isPresent()) {
                        zombies.put(new Place(one, list.node()), list);
                    }
                }
            });
        }
        zombies.forEach((place, list) -> tell(judgement, place, list));
        Spans lingered = new Spans();
        last.forEach((place, list) -> death(place.incarnation(), list)
                .filter(death -> !death.announced())
                .ifPresent(death -> lingered.add(list.to() - death.during().from())));
        judgement.figure("last listed after the owner's end", lingered.toString());
        long judged = judged(
                incarnations,
                lists.stream()
                        .filter(list -> roster.founders().contains(list.node()))
                        .toList(),
                faults,
                evidence.bounds());
        judgement.figure("ends judged", judged);
        return judged == 0
                ? judgement.undecided("no instance whose client ended was listed by no node afterwards")
                : judgement.verdict("%,d ends, none lingered beyond the bound".formatted(judged));
    }

    /** In which {@code one} was all the time of the list. */
    private static Optional<Death> death(Incarnation one, Listing list) {
        return one.dead().stream()
                .filter(death -> death.during().contains(list.from(), list.to()))
                .findFirst();
    }

    private static boolean overdue(Death death, Listing list, Faults faults, Bounds bounds) {
        long end = death.during().from();
        if (list.from() <= end + bound(death, bounds)) {
            return false;
        }
        long calm = faults.calmSince(end, list.from());
        boolean late = calm == end
                || (calm < Long.MAX_VALUE
                        && list.from()
                                > calm
                                        + Math.max(
                                                bounds.gone().toNanos(),
                                                bounds.converge().toNanos()));
        // News of an end that comes soon after a healing may have to wait until nodes are connected again.
        long converge = bounds.converge().toNanos();
        return late
                && faults.during(end - converge, end).stream()
                        .filter(fault -> !fault.clientsOnly() && !fault.endsOneServer())
                        .allMatch(fault -> list.from() > fault.to() + converge);
    }

    private static long bound(Death death, Bounds bounds) {
        return (death.announced() ? bounds.sync() : bounds.gone()).toNanos();
    }

    /** How many ends were seen by every node of {@code lists}, or had to be. */
    private static long judged(Incarnations incarnations, List<Listing> lists, Faults faults, Bounds bounds) {
        Map<String, Map<String, Listing>> last = new HashMap<>();
        lists.forEach(list ->
                last.computeIfAbsent(list.service(), service -> new HashMap<>()).put(list.node(), list));
        return incarnations.all().stream()
                .filter(one -> one.registration().ok())
                .filter(one -> one.dead().stream()
                        .anyMatch(death -> last.getOrDefault(one.service(), Map.of()).values().stream()
                                .allMatch(list -> list.from() > death.during().from()
                                        && (!list.shows(one) || overdue(death, list, faults, bounds)))))
                .count();
    }

    private static void tell(Judgement judgement, Place place, Listing list) {
        Incarnation zombie = place.incarnation();
        Death death = death(zombie, list).orElseThrow();
        List<Event> events = new ArrayList<>(zombie.registration().events());
        events.add(death.how());
        events.addAll(list.operation().events());
        judgement.broken(
                "%s still listed %s at %s, %s after its %s at %s"
                        .formatted(
                                place.node(),
                                zombie,
                                Spans.moment(list.from()),
                                Spans.text(list.from() - death.during().from()),
                                death.how().op(),
                                Spans.moment(death.during().from())),
                events);
    }
}
