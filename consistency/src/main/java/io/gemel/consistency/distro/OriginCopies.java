package io.gemel.consistency.distro;

import io.gemel.naming.OriginId;
import io.gemel.naming.Publications;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The origins of all peers as this node holds them: of each its present incarnation, and earlier ones until they are dropped. */
final class OriginCopies {
    private static final Logger log = LoggerFactory.getLogger(OriginCopies.class);

    private final Publications publications;
    private final Ticker ticker;
    private final Map<String, OriginCopy> present = new TreeMap<>();
    private final List<OriginCopy> leftBehind = new ArrayList<>();

    /** None yet. */
    OriginCopies(Publications publications, Ticker ticker) {
        this.publications = publications;
        this.ticker = ticker;
        publications.onReturn(this::returned);
    }

    /** The copy of the present incarnation of {@code node}, if there is one. */
    @Nullable
    OriginCopy present(String node) {
        return present.get(node);
    }

    /** Those of present incarnations, by node. */
    Stream<OriginCopy> present() {
        return present.values().stream();
    }

    /** All, those of present incarnations first. */
    Stream<OriginCopy> all() {
        return Stream.concat(present(), leftBehind.stream());
    }

    /** The copy in which {@code id} goes on, because its owner begins to send it; an older one is left behind. Refuses an older {@code id}. */
    OriginCopy begun(OriginId id) {
        OriginCopy copy = present.get(id.node());
        if (copy != null && copy.id().incarnation() == id.incarnation()) {
            copy.relinked(ticker.nanos());
            return copy;
        }
        if (copy != null) {
            if (copy.id().incarnation() > id.incarnation()) {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "incarnation of " + id.node() + ": " + id.incarnation() + " (expected: at least "
                                + copy.id().incarnation() + "; is an old copy of its data directory in use?)");
            }
            log.info("peer restarted origin={} incarnation={}", copy.id(), id.incarnation());
            copy.orphan(ticker.nanos());
            leftBehind.add(copy);
        }
        OriginCopy begun = new OriginCopy(id, publications, ticker.nanos());
        present.put(id.node(), begun);
        return begun;
    }

    /** This node was stopped for {@code time}. */
    void stoodStill(Duration time) {
        long now = ticker.nanos();
        all().forEach(copy -> copy.stoodStill(time, now));
    }

    /** Many clients do not come back at once: while one after the other does, those that are missing may be next. */
    private void returned(OriginId from) {
        all().filter(copy -> copy.id().equals(from)).forEach(copy -> copy.returned(ticker.nanos()));
    }

    /** Hides what is in those that are {@code overdue}, and forgets them. */
    void drop(Predicate<OriginCopy> overdue) {
        Predicate<OriginCopy> dropped = copy -> overdue.test(copy) && drop(copy);
        present.values().removeIf(dropped);
        leftBehind.removeIf(dropped);
    }

    private static boolean drop(OriginCopy copy) {
        log.info("origin dropped origin={} entries={}", copy.id(), copy.entries());
        copy.drop();
        return true;
    }
}
