package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import java.util.List;
import java.util.Set;

/**
 * AP6: what a watcher is shown at one server has ever higher revisions, and one revision has one content. A server that was started
 * again may begin anew; samples tell.
 */
final class WatchOrder implements Check {
    @Override
    public String name() {
        return "watch-order";
    }

    @Override
    public String promise() {
        return "The revisions that a watcher is shown by one server only grow.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Watchers watchers = evidence.watchers();
        Fates fates = evidence.fates();
        Starts starts = new Starts(evidence);
        int[] judged = new int[1];
        watchers.forEachPair((first, second) -> {
            boolean comparable = !first.node().isEmpty()
                    && first.node().equals(second.node())
                    && fates.steady(first.process(), first.nanos(), second.nanos())
                    && starts.same(first.node(), first.nanos(), second.nanos());
            if (comparable) {
                judged[0]++;
                compare(judgement, first, second);
            }
        });
        judgement.figure("watches", watchers.views().size());
        judgement.figure("views", watchers.count());
        judgement.figure("pairs judged", judged[0]);
        return judged[0] == 0
                ? judgement.undecided("no watcher was shown two views by one server")
                : judgement.verdict("%,d views in order".formatted(judged[0]));
    }

    private static void compare(Judgement judgement, Event first, Event second) {
        long before = first.revision().orElse(0);
        long after = second.revision().orElse(0);
        boolean same = Set.copyOf(first.seen()).equals(Set.copyOf(second.seen()));
        if (after < before || (after == before && !same)) {
            judgement.broken(
                    "%s showed %s revision %d of %s at %s after revision %d%s"
                            .formatted(
                                    second.node(),
                                    second.process(),
                                    after,
                                    second.key(),
                                    Spans.moment(second.nanos()),
                                    before,
                                    after == before ? " with other instances" : ""),
                    List.of(first, second));
        }
    }
}
