package io.gemel.it.faults.check;

import io.gemel.it.faults.check.Incarnation.Death;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * AP3: an instance whose client took it back or died for good, and which every node has listed as absent, is never listed again.
 *
 * <p>What a dying client had sent through a fault of servers or links may still arrive when that is healed; until {@link
 * Bounds#gone} and {@link Bounds#converge} after it, such an instance of a killed client is no resurrection, nor is it one of
 * a client that took it back, at a node that had never listed it. And one that its client
 * replaced is absent only where what replaced it was listed: others may hear of both later. One of a client that died unheard is
 * not absent where another client's at its address was listed: that only hides it. A server on its way out of the cluster is not told
 * of anything any more: what it lists is news to nobody, unless it had itself shown that to be absent.
 */
final class Resurrection implements Check {
    @Override
    public String name() {
        return "resurrection";
    }

    @Override
    public String promise() {
        return "What every node has shown to be gone does not come back.";
    }

    /** A dead incarnation, and who has shown it absent since. */
    private static final class Grave {
        final Incarnation incarnation;
        final Death death;
        final Map<String, Listing> absentAt = new HashMap<>();
        final Set<String> shownAt = new HashSet<>();
        boolean closed;
        boolean told;

        Grave(Incarnation incarnation, Death death) {
            this.incarnation = incarnation;
            this.death = death;
        }
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        List<Listing> lists = evidence.lists();
        Map<String, Set<String>> nodes = new HashMap<>();
        lists.forEach(list -> nodes.computeIfAbsent(list.service(), service -> new HashSet<>())
                .add(list.node()));
        Roster roster = evidence.roster();
        Map<String, List<Grave>> open = new HashMap<>();
        Map<Incarnation, Grave> all = new HashMap<>();
        Incarnations incarnations = evidence.incarnations();
        for (Incarnation one : incarnations.all()) {
            Optional<Death> death = one.dead().stream().filter(Death::forGood).findFirst();
            if (death.isPresent() && one.registration().ok()) {
                Grave grave = new Grave(one, death.get());
                open.computeIfAbsent(one.service(), service -> new ArrayList<>())
                        .add(grave);
                all.put(one, grave);
            }
        }
        for (Listing list : lists) {
            list.ephemeral().forEach((instance, value) -> {
                for (Incarnation one : incarnations.of(list.service(), instance, value)) {
                    Optional.ofNullable(all.get(one)).ifPresent(grave -> shown(judgement, grave, list, evidence));
                }
            });
            open.getOrDefault(list.service(), new ArrayList<>())
                    .removeIf(grave -> absent(grave, list, nodes.getOrDefault(list.service(), Set.of()), roster));
        }
        long closed = all.values().stream().filter(grave -> grave.closed).count();
        judgement.figure("ends", all.size());
        judgement.figure("shown absent by every node", closed);
        return closed == 0
                ? judgement.undecided("no instance was shown absent by every node after its end")
                : judgement.verdict("%,d instances stayed absent".formatted(closed));
    }

    /** Notes that {@code list} does not show it. Whether every node that is a member has said so. */
    private static boolean absent(Grave grave, Listing list, Set<String> nodes, Roster roster) {
        if (tells(grave, list) && list.from() > grave.death.during().from() && !list.shows(grave.incarnation)) {
            grave.absentAt.putIfAbsent(list.node(), list);
            grave.closed = nodes.stream()
                    .filter(node -> roster.member(node, list.from()))
                    .allMatch(grave.absentAt::containsKey);
        }
        return grave.closed;
    }

    /** Whether {@code list}, if it does not show it, says that it is gone. */
    private static boolean tells(Grave grave, Listing list) {
        boolean another = list.ephemeral().containsKey(grave.incarnation.instance());
        if (grave.death.how().op() == Op.REGISTER) {
            return another;
        }
        return grave.death.announced() || !another;
    }

    private static void shown(Judgement judgement, Grave grave, Listing list, Evidence evidence) {
        if (!grave.closed) {
            grave.absentAt.remove(list.node());
            grave.shownAt.add(list.node());
            return;
        }
        boolean after = grave.absentAt.values().stream().allMatch(absent -> absent.to() < list.from());
        boolean told =
                grave.absentAt.containsKey(list.node()) || evidence.roster().member(list.node(), list.to());
        if (after && told && !grave.told && !arrivedLate(grave, list, evidence.faults(), evidence.bounds())) {
            grave.told = true;
            List<Event> events =
                    new ArrayList<>(grave.incarnation.registration().events());
            events.add(grave.death.how());
            grave.absentAt
                    .values()
                    .forEach(absent -> events.addAll(absent.operation().events()));
            events.addAll(list.operation().events());
            judgement.broken(
                    "%s listed %s at %s again, after its %s at %s and after every node had shown it absent by %s"
                            .formatted(
                                    list.node(),
                                    grave.incarnation,
                                    Spans.moment(list.from()),
                                    grave.death.how().op(),
                                    Spans.moment(grave.death.during().from()),
                                    Spans.moment(grave.absentAt.values().stream()
                                            .mapToLong(Listing::to)
                                            .max()
                                            .orElse(0))),
                    events);
        }
    }

    private static boolean arrivedLate(Grave grave, Listing list, Faults faults, Bounds bounds) {
        long end = grave.death.during().from();
        long late = bounds.gone().plus(bounds.converge()).toNanos();
        boolean news = !grave.shownAt.contains(list.node());
        if (grave.death.announced() && !news) {
            return false;
        }
        // What a node has never heard of, any fault since its beginning may have kept back.
        return faults
                .during(
                        news ? grave.incarnation.registration().from() : end,
                        end + bounds.sync().toNanos())
                .stream()
                .filter(fault -> !fault.tellsOfClients())
                .anyMatch(fault -> fault.to() > list.from() - late);
    }
}
