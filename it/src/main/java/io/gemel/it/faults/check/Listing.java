package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An answered LIST.
 *
 * @param operation how it went
 * @param ephemeral the ephemeral instances it showed: ip:port/cluster to value
 */
record Listing(Operation operation, Map<String, String> ephemeral) {
    /** All answered ones, by their beginning. */
    static List<Listing> of(History history) {
        return Operation.of(history, Op.LIST).stream()
                .filter(Operation::ok)
                .map(operation ->
                        new Listing(operation, ephemeral(operation.completion().orElseThrow())))
                .toList();
    }

    /** What {@code event} shows of ephemeral instances. */
    static Map<String, String> ephemeral(Event event) {
        Map<String, String> values = new HashMap<>();
        for (Seen seen : event.seen()) {
            if (seen.ephemeral()) {
                values.put(seen.key(), seen.value());
            }
        }
        return values;
    }

    String service() {
        return operation.key();
    }

    String node() {
        return operation.node();
    }

    long from() {
        return operation.from();
    }

    long to() {
        return operation.to();
    }

    boolean shows(Incarnation incarnation) {
        return incarnation.value().equals(ephemeral.get(incarnation.instance()));
    }
}
