package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AP1: an acknowledged ephemeral instance of a living client is listed by every node that can see its server: at the server of its
 * session at once, elsewhere after {@link Bounds#sync}; and by every node after {@link Bounds#converge} from healing.
 *
 * <p>Judges every LIST; see {@link Incarnations} for what must be listed and {@link Sight} for where, while faults are in force.
 */
final class Registrations implements Check {
    @Override
    public String name() {
        return "registrations";
    }

    @Override
    public String promise() {
        return "An acknowledged ephemeral instance of a living client is listed wherever its server can be seen.";
    }

    /** An incarnation at a node. */
    private record Place(Incarnation incarnation, String node) {}

    /** Where one was missing, for how long. */
    private static final class Gap {
        final Listing first;
        Listing last;
        int lists;

        Gap(Listing first) {
            this.first = first;
            this.last = first;
        }
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Incarnations incarnations = evidence.incarnations();
        Sight sight = evidence.sight();
        long sync = evidence.bounds().sync().toNanos();
        Map<String, Roll> rolls = new HashMap<>();
        Map<Place, Gap> gaps = new LinkedHashMap<>();
        Map<Place, Long> shown = new HashMap<>();
        long judged = 0;
        for (Listing list : evidence.lists()) {
            Roll roll = rolls.computeIfAbsent(list.service(), service -> new Roll(incarnations.of(service)));
            for (Roll.Entry entry : roll.due(list.from(), list.to())) {
                Incarnation one = entry.incarnation();
                Place place = new Place(one, list.node());
                boolean settled = entry.due().from() + sync <= list.from();
                if (list.shows(one)) {
                    judged++;
                    shown.putIfAbsent(place, list.to());
                } else if (settled
                        ? sight.sees(
                                list.node(), one.owner(), one.registration().to(), list.from() - sync, list.to())
                        : sight.isAt(one.owner(), list.node(), entry.due().from(), list.to())) {
                    judged++;
                    Gap gap = gaps.computeIfAbsent(place, where -> new Gap(list));
                    gap.last = list;
                    gap.lists++;
                }
            }
        }
        gaps.forEach((place, gap) -> tell(judgement, place, gap));
        Spans listed = new Spans();
        shown.forEach((place, at) ->
                listed.add(at - place.incarnation().registration().to()));
        judgement.figure("incarnations", incarnations.all().size());
        judgement.figure("judged in lists", judged);
        judgement.figure("listed after acknowledgement", listed.toString());
        return judged == 0
                ? judgement.undecided("no list was asked for while an acknowledged client lived")
                : judgement.verdict("%,d times listed as due".formatted(judged));
    }

    private static void tell(Judgement judgement, Place place, Gap gap) {
        Incarnation missing = place.incarnation();
        List<Event> events = new ArrayList<>(missing.registration().events());
        events.addAll(gap.first.operation().events());
        events.addAll(gap.last.operation().events());
        judgement.broken(
                "%s did not list %s in %d lists from %s to %s, though it was acknowledged at %s and its owner lived"
                        .formatted(
                                place.node(),
                                missing,
                                gap.lists,
                                Spans.moment(gap.first.from()),
                                Spans.moment(gap.last.to()),
                                Spans.moment(missing.registration().to())),
                events);
    }
}
