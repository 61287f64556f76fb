package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The writes of a history to persistent instances, and what follows from them for one who lists them. */
final class Instances {
    /** What a LIST asked for that had to show every write acknowledged before it began, as the value of its event. */
    static final String LINEARIZABLE = "linearizable";

    private final Map<String, Map<String, List<Operation>>> writes;

    Instances(Evidence evidence) {
        writes = evidence.persistent().stream()
                .filter(one -> one.op() != Op.READ && !one.failed())
                .collect(Collectors.groupingBy(one -> Keys.service(one.key()), Collectors.groupingBy(Operation::key)));
    }

    static boolean linearizable(Operation list) {
        return list.invoke().value().filter(LINEARIZABLE::equals).isPresent();
    }

    /** By key, the writes to {@code service} that happened or may have happened. */
    Map<String, List<Operation>> of(String service) {
        return writes.getOrDefault(service, Map.of());
    }

    /** The writes to the instance {@code key} that happened or may have happened. */
    List<Operation> writes(String key) {
        return of(Keys.service(key)).getOrDefault(key, List.of());
    }

    int services() {
        return writes.size();
    }

    static boolean adds(Operation write) {
        return write.op() == Op.REGISTER || write.op() == Op.CAS;
    }

    /** Whether one of {@code writes} may have removed what {@code since} wrote or showed, before {@code end}. */
    static Optional<Operation> removal(List<Operation> writes, Operation since, long end) {
        return writes.stream()
                .filter(write -> !adds(write) && write.from() <= end && !write.before(since))
                .findFirst();
    }

    /** Whether one of {@code writes} may have added it again after {@code removal}, before {@code end}. */
    static boolean addedAgain(List<Operation> writes, Operation removal, long end) {
        return writes.stream().anyMatch(write -> adds(write) && write.from() <= end && !write.before(removal));
    }

    /** The last acknowledged write with at most this revision. */
    static Optional<Operation> lastUpTo(List<Operation> writes, long revision) {
        return writes.stream()
                .filter(Operation::ok)
                .filter(write -> write.revision().isPresent() && revision(write) <= revision)
                .max(Comparator.comparingLong(Instances::revision));
    }

    static long revision(Operation operation) {
        OptionalLong revision = operation.revision();
        return revision.orElse(0);
    }

    /** What {@code event} shows of persistent instances, by their full key. */
    static Map<String, Seen> persistent(Event event) {
        Map<String, Seen> shown = new HashMap<>();
        for (Seen seen : event.seen()) {
            if (!seen.ephemeral()) {
                shown.put(Keys.service(event.key()) + "#" + seen.key(), seen);
            }
        }
        return shown;
    }
}
