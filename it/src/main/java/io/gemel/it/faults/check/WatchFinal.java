package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * AP7: the last that each watcher is shown of a service is what the lists of the final phase show. Judges services on which these
 * lists agree ({@link Convergence} is about the others) and watchers that are there in the end.
 */
final class WatchFinal implements Check {
    @Override
    public String name() {
        return "watch-final";
    }

    @Override
    public String promise() {
        return "Every watcher is shown the final state.";
    }

    /** What the final lists of a service show; empty if they differ. */
    private record Truth(Set<Seen> seen, Listing list, boolean agreed) {}

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Watchers watchers = evidence.watchers();
        Fates fates = evidence.fates();
        Map<String, Truth> truths = truths(evidence);
        int judged = 0;
        for (Map.Entry<Watchers.Watch, List<Event>> watch : watchers.views().entrySet()) {
            Truth truth = truths.get(watch.getKey().service());
            if (truth != null
                    && truth.agreed()
                    && watchers.goesOn(watch.getKey())
                    && fates.stays(watch.getKey().watcher())) {
                judged++;
                judge(judgement, watch.getKey(), watch.getValue(), truth);
            }
        }
        judgement.figure("watches", watchers.views().size());
        judgement.figure("watches judged", judged);
        judgement.figure("shown after acknowledgement", lag(evidence, watchers).toString());
        return judged == 0
                ? judgement.undecided("no watcher was there in the end of a service on which final lists agree")
                : judgement.verdict("%,d watches ended with the final state".formatted(judged));
    }

    private static Map<String, Truth> truths(Evidence evidence) {
        long begin = evidence.history().of(Op.PHASE).stream()
                .filter(event -> event.key().equals("final"))
                .mapToLong(Event::nanos)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        Map<String, Truth> truths = new HashMap<>();
        for (Listing list : evidence.lists()) {
            if (list.from() >= begin) {
                Set<Seen> seen =
                        Set.copyOf(list.operation().completion().orElseThrow().seen());
                truths.merge(
                        list.service(),
                        new Truth(seen, list, true),
                        (one, two) -> new Truth(
                                two.seen(),
                                two.list(),
                                one.agreed() && one.seen().equals(two.seen())));
            }
        }
        return truths;
    }

    private static void judge(Judgement judgement, Watchers.Watch watch, List<Event> shown, Truth truth) {
        if (shown.isEmpty()) {
            judgement.broken(
                    "%s was never shown %s".formatted(watch.watcher(), watch.service()),
                    truth.list().operation());
            return;
        }
        Event last = shown.get(shown.size() - 1);
        Set<Seen> seen = Set.copyOf(last.seen());
        if (!seen.equals(truth.seen())) {
            List<Event> events = new ArrayList<>(truth.list().operation().events());
            events.add(last);
            judgement.broken(
                    "%s, last told at %s by %s, does not know the final state of %s: it lacks %s and still has %s"
                            .formatted(
                                    watch.watcher(),
                                    Spans.moment(last.nanos()),
                                    last.node(),
                                    watch.service(),
                                    without(truth.seen(), seen),
                                    without(seen, truth.seen())),
                    events);
        }
    }

    private static List<String> without(Set<Seen> some, Set<Seen> others) {
        Set<Seen> rest = new HashSet<>(some);
        rest.removeAll(others);
        return rest.stream()
                .map(seen -> seen.key() + "=" + seen.value())
                .sorted()
                .toList();
    }

    /** From each acknowledgement until each watcher was first shown the incarnation. */
    private static Spans lag(Evidence evidence, Watchers watchers) {
        Spans lag = new Spans();
        Incarnations incarnations = evidence.incarnations();
        watchers.views().forEach((watch, shown) -> {
            Set<String> known = new HashSet<>();
            for (Event view : shown) {
                Listing.ephemeral(view).forEach((instance, value) -> {
                    if (known.add(instance + value)) {
                        incarnations.of(watch.service(), instance, value).stream()
                                .filter(one -> one.registration().ok())
                                .forEach(one -> lag.add(
                                        view.nanos() - one.registration().to()));
                    }
                });
            }
        });
        return lag;
    }
}
