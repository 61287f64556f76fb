package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * AP4: within {@link Bounds#converge} after faults are healed, every node lists what living clients hold and nothing that is long
 * dead, and goes on doing so; and in the final phase all nodes list the same, of both kinds.
 *
 * <p>Measures, for each healing and node, the time to the first LIST after which no LIST was wrong until the next fault. A
 * healing that is followed by a fault before the bound has passed counts if all nodes converged, and not otherwise. The
 * final phase begins with {@code PHASE final}; nothing may be registered in it.
 */
final class Convergence implements Check {
    @Override
    public String name() {
        return "convergence";
    }

    @Override
    public String promise() {
        return "After faults are healed all nodes show the same within the bound: what living clients hold, and nothing else.";
    }

    /** How one node came back to the truth after one healing. */
    private static final class Course {
        /** The first right list after the last wrong one; empty until there is one. */
        private final List<Listing> right = new ArrayList<>(1);

        private final List<Listing> wrong = new ArrayList<>(1);
        private String difference = "it gave no answer";

        void add(Listing list, List<String> differences) {
            if (!differences.isEmpty()) {
                right.clear();
                wrong.clear();
                wrong.add(list);
                difference = differences.get(0)
                        + (differences.size() == 1 ? "" : " and " + (differences.size() - 1) + " more");
            } else if (right.isEmpty()) {
                right.add(list);
            }
        }
    }

    private record Place(String node, String service) {}

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Faults faults = evidence.faults();
        List<Listing> lists = evidence.lists();
        Incarnations incarnations = evidence.incarnations();
        Sight sight = evidence.sight();
        Set<Place> places = new HashSet<>();
        Roster roster = evidence.roster();
        lists.stream()
                .filter(list -> roster.founders().contains(list.node()))
                .forEach(list -> places.add(new Place(list.node(), list.service())));
        Spans spans = new Spans();
        long end = evidence.history().events().stream()
                .mapToLong(Event::nanos)
                .max()
                .orElse(0);
        int healings = 0;
        for (Faults.Calm calm : faults.calms()) {
            Map<Place, Course> courses = new HashMap<>();
            places.forEach(place -> courses.put(place, new Course()));
            Map<String, Roll> rolls = new HashMap<>();
            for (Listing list : lists) {
                if (list.from() >= calm.healed() && list.to() < calm.to()) {
                    Roll roll = rolls.computeIfAbsent(list.service(), service -> new Roll(incarnations.of(service)));
                    courses.computeIfAbsent(new Place(list.node(), list.service()), place -> new Course())
                            .add(list, differences(list, roll, incarnations, sight, calm, evidence.bounds()));
                }
            }
            long limit = calm.healed() + evidence.bounds().converge().toNanos();
            boolean longEnough = Math.min(calm.to(), end) > limit;
            boolean all = courses.values().stream().noneMatch(course -> course.right.isEmpty());
            healings += longEnough || all ? 1 : 0;
            courses.forEach((place, course) -> judge(judgement, spans, place, course, calm, limit, longEnough));
        }
        int services = finalLists(judgement, evidence.history(), lists);
        judgement.figure("healings judged", healings);
        judgement.figure("convergence after healing", spans.toString());
        judgement.figure("services compared in the end", services);
        if (services == 0) {
            return judgement.undecided("no service was listed by two nodes in the final phase");
        }
        if (!faults.calms().isEmpty() && healings == 0) {
            return judgement.undecided(
                    "no healing was followed by a calm as long as the bound, or as the nodes needed");
        }
        return judgement.verdict("%d healings, all nodes equal in the end".formatted(healings));
    }

    private static List<String> differences(
            Listing list, Roll roll, Incarnations incarnations, Sight sight, Faults.Calm calm, Bounds bounds) {
        List<String> differences = new ArrayList<>();
        long sync = bounds.sync().toNanos();
        for (Roll.Entry entry : roll.due(list.from(), list.to())) {
            // A client that is cut off itself has yet to find a server that it reaches.
            if (entry.due().from() + sync <= list.from()
                    && !list.shows(entry.incarnation())
                    && sight.untouched(entry.incarnation().owner(), list.from(), list.to())) {
                differences.add("it lacked " + entry.incarnation());
            }
        }
        long gone = bounds.gone().toNanos();
        list.ephemeral().forEach((instance, value) -> {
            for (Incarnation one : incarnations.of(list.service(), instance, value)) {
                boolean over = one.dead().stream()
                        .anyMatch(death -> death.during().contains(list.from(), list.to())
                                && Math.max(death.during().from(), calm.healed()) + gone < list.from());
                if (over) {
                    differences.add("it still had " + one);
                }
            }
        });
        return differences;
    }

    private static void judge(
            Judgement judgement,
            Spans spans,
            Place place,
            Course course,
            Faults.Calm calm,
            long limit,
            boolean longEnough) {
        boolean inTime = course.right.stream().anyMatch(list -> list.from() <= limit);
        if (!course.right.isEmpty()) {
            spans.add(course.right.get(0).to() - calm.healed());
        }
        if (longEnough && !inTime) {
            List<Event> events = new ArrayList<>();
            course.wrong.forEach(list -> events.addAll(list.operation().events()));
            course.right.forEach(list -> events.addAll(list.operation().events()));
            judgement.broken(
                    "%s had not converged on %s by %s, %s after the healing at %s: %s"
                            .formatted(
                                    place.node(),
                                    place.service(),
                                    Spans.moment(limit),
                                    Spans.text(limit - calm.healed()),
                                    Spans.moment(calm.healed()),
                                    course.difference),
                    events);
        }
    }

    /** Compares the last lists of all nodes. How many services there were to compare. */
    private static int finalLists(Judgement judgement, History history, List<Listing> lists) {
        long begin = history.of(Op.PHASE).stream()
                .filter(event -> event.key().equals("final"))
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        Map<String, Map<String, Listing>> last = new TreeMap<>();
        lists.stream()
                .filter(list -> list.from() >= begin)
                .forEach(list -> last.computeIfAbsent(list.service(), service -> new TreeMap<>())
                        .put(list.node(), list));
        last.values().removeIf(byNode -> byNode.size() < 2);
        last.forEach((service, byNode) -> {
            List<Listing> shown = List.copyOf(byNode.values());
            for (Listing other : shown.subList(1, shown.size())) {
                Set<Seen> one = instances(shown.get(0));
                Set<Seen> two = instances(other);
                if (!one.equals(two)) {
                    judgement.broken(
                            "%s and %s differ on %s in the end: only the first shows %s, only the second %s"
                                    .formatted(
                                            shown.get(0).node(),
                                            other.node(),
                                            service,
                                            without(one, two),
                                            without(two, one)),
                            shown.get(0).operation(),
                            other.operation());
                }
            }
        });
        return last.size();
    }

    private static Set<Seen> instances(Listing list) {
        return new HashSet<>(list.operation().completion().orElseThrow().seen());
    }

    private static List<String> without(Set<Seen> some, Set<Seen> others) {
        return some.stream()
                .filter(seen -> !others.contains(seen))
                .map(seen -> seen.key() + "=" + seen.value())
                .sorted()
                .toList();
    }
}
