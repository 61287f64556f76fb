package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.ArrayList;
import java.util.List;

/**
 * AP9: a watcher does not see an instance vanish while its client lives, whatever happens to servers that this one need not have
 * lost sight of; see {@link Sight}.
 */
final class WatchFlaps implements Check {
    @Override
    public String name() {
        return "watch-flaps";
    }

    @Override
    public String promise() {
        return "No watcher sees an instance vanish while its client lives.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Watchers watchers = evidence.watchers();
        Fates fates = evidence.fates();
        Incarnations incarnations = evidence.incarnations();
        Sight sight = evidence.sight();
        long sync = evidence.bounds().sync().toNanos();
        long[] kept = new long[1];
        long[] excused = new long[1];
        watchers.forEachPair((first, second) -> {
            var after = Listing.ephemeral(second);
            Listing.ephemeral(first).forEach((instance, value) -> {
                if (value.equals(after.get(instance))) {
                    kept[0]++;
                    return;
                }
                for (Incarnation one : incarnations.of(first.key(), instance, value)) {
                    if (due(one, first, second, sync)) {
                        boolean owed = fates.steady(second.process(), first.nanos(), second.nanos())
                                && sight.sees(
                                        second.node(),
                                        one.owner(),
                                        one.registration().to(),
                                        first.nanos(),
                                        second.nanos());
                        if (owed) {
                            tell(judgement, one, first, second);
                        } else {
                            excused[0]++;
                        }
                    }
                }
            });
        });
        judgement.figure("instances shown again by the next view", kept[0]);
        judgement.figure("vanished within what faults excuse", excused[0]);
        return kept[0] == 0
                ? judgement.undecided("no watcher was shown an instance twice")
                : judgement.verdict("%,d times an instance stayed from one view to the next".formatted(kept[0]));
    }

    private static boolean due(Incarnation one, Event first, Event second, long sync) {
        // Until it is acknowledged a client may ask again, also for what it asked for before: that is shown in between.
        long acknowledged = one.registration().to();
        boolean settled = acknowledged + (first.node().equals(second.node()) ? 0 : sync) <= second.nanos();
        return settled && one.due(Math.max(first.nanos(), acknowledged), second.nanos());
    }

    private static void tell(Judgement judgement, Incarnation one, Event first, Event second) {
        List<Event> events = new ArrayList<>(one.registration().events());
        events.add(first);
        events.add(second);
        judgement.broken(
                "%s, watching at %s, saw %s vanish at %s, though its owner lived"
                        .formatted(second.process(), second.node(), one, Spans.moment(second.nanos())),
                events);
    }
}
