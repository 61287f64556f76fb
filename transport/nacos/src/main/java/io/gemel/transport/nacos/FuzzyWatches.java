package io.gemel.transport.nacos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The patterns of one connection, what its client knows of each, and what it is yet to be told. Guarded by {@link Pushes}.
 *
 * <p>What is to be told is the difference between the newest names and what was told (I7): names that come and go while the client does not read are
 * forgotten. What a client does not acknowledge it may have taken in or not: it is told again, whatever is true by then, or that it is gone.
 */
final class FuzzyWatches {
    static final int PATTERNS_MAX = 20;

    /** How many messages of one pattern may wait for their acknowledgements. */
    private static final int IN_FLIGHT_MAX = 16;

    private static final int BATCH_MAX = 10;
    private static final String SYNC = "NamingFuzzyWatchSyncRequest";
    private static final String CHANGE = "NamingFuzzyWatchChangeNotifyRequest";
    private static final String ADDED = "ADD_SERVICE";
    private static final String DELETED = "DELETE_SERVICE";
    private static final String INITIAL = "FUZZY_WATCH_INIT_NOTIFY";
    private static final String INITIAL_DONE = "FINISH_FUZZY_WATCH_INIT_NOTIFY";
    private static final String DIFFERENCE = "FUZZY_WATCH_DIFF_SYNC_NOTIFY";
    private static final String CHANGED = "FUZZY_WATCH_RESOURCE_CHANGED";

    private final Map<String, Watch> watches = new LinkedHashMap<>();

    /** Sends a request of the server's own. */
    interface Sender {
        /** Whether the client has read what came before. */
        boolean ready();

        /** Sends it and returns its id. */
        long send(String type, Json.Writing fields);
    }

    /** How far a client is with a pattern. */
    private enum Phase {
        /** Told all that there is, and then that this was all. */
        INITIAL,
        /** Told what differs from what it had. */
        DIFFERENCE,
        /** Told each change. */
        CHANGES
    }

    /** One pattern. */
    private static final class Watch {
        final FuzzyPattern pattern;
        final Set<ServiceId> told = new HashSet<>();
        final Set<ServiceId> unsure = new HashSet<>();
        final Set<ServiceId> toAdd = new LinkedHashSet<>();
        final Set<ServiceId> toRemove = new LinkedHashSet<>();
        final Map<Long, Batch> inFlight = new HashMap<>();
        Set<ServiceId> matching = Set.of();
        Phase phase;
        boolean known;
        boolean failed;
        int batches;
        int batch;

        Watch(FuzzyPattern pattern, Phase phase) {
            this.pattern = pattern;
            this.phase = phase;
        }

        void compare() {
            toAdd.clear();
            matching.stream()
                    .filter(service -> !told.contains(service) || unsure.contains(service))
                    .forEach(toAdd::add);
            toRemove.clear();
            Stream.concat(told.stream(), unsure.stream())
                    .filter(service -> !matching.contains(service))
                    .forEach(toRemove::add);
            batches = batch + (toAdd.size() + BATCH_MAX - 1) / BATCH_MAX;
        }
    }

    /** What one message told: of services, or that these were all. */
    private record Batch(List<ServiceId> services) {
        static final Batch END = new Batch(List.of());

        boolean isEnd() {
            return services.isEmpty();
        }
    }

    /**
     * Begins to watch {@code pattern}, anew if it is watched already. Throws {@link TooMany} at the limit.
     *
     * @param initial whether the client knows nothing yet; else it knows {@code keys}
     * @return whether it was not watched yet
     */
    boolean watch(FuzzyPattern pattern, boolean initial, Collection<String> keys) {
        if (!watches.containsKey(pattern.text()) && watches.size() >= PATTERNS_MAX) {
            throw new TooMany();
        }
        Watch watch = new Watch(pattern, initial ? Phase.INITIAL : Phase.DIFFERENCE);
        if (!initial) {
            keys.forEach(key -> service(key).ifPresent(watch.told::add));
        }
        return watches.put(pattern.text(), watch) == null;
    }

    /** Ends a watch. Whether no other pattern needs the same names. */
    boolean cancel(FuzzyPattern pattern) {
        watches.remove(pattern.text());
        return watches.values().stream()
                .noneMatch(other -> other.pattern.within().equals(pattern.within()));
    }

    void clear() {
        watches.clear();
    }

    void offer(ServiceNames names) {
        for (Watch watch : watches.values()) {
            if (watch.pattern.within().equals(names.pattern())) {
                watch.matching = new LinkedHashSet<>(
                        names.services().stream().filter(watch.pattern::matches).toList());
                watch.known = true;
                watch.compare();
            }
        }
    }

    /** Whether {@code requestId} was of a pattern; takes note of what the client says to it. */
    boolean acknowledged(long requestId, boolean success) {
        for (Watch watch : watches.values()) {
            Batch batch = watch.inFlight.remove(requestId);
            if (batch != null) {
                if (!success) {
                    watch.unsure.addAll(batch.services());
                    watch.failed = true;
                    watch.phase = batch.isEnd() ? Phase.INITIAL : watch.phase;
                }
                return true;
            }
        }
        return false;
    }

    /** What was not acknowledged is told again. */
    void retry() {
        for (Watch watch : watches.values()) {
            if (watch.failed) {
                watch.failed = false;
                watch.compare();
            }
        }
    }

    /** Sends what there is to tell, as far as the client reads. */
    void send(Sender sender) {
        for (Watch watch : watches.values()) {
            while (sender.ready() && watch.known && watch.inFlight.size() < IN_FLIGHT_MAX && sendOne(watch, sender)) {
                // until there is nothing left
            }
        }
    }

    private static boolean sendOne(Watch watch, Sender sender) {
        if (!watch.toAdd.isEmpty()) {
            boolean byPattern = watch.phase != Phase.CHANGES || watch.pattern.isAnyOfGroup();
            tell(watch, taken(watch.toAdd, byPattern ? BATCH_MAX : 1), true, sender);
            return true;
        }
        if (watch.phase == Phase.INITIAL) {
            if (watch.inFlight.isEmpty() && !watch.failed) {
                watch.inFlight.put(sender.send(SYNC, json -> sync(json, watch, INITIAL_DONE)), Batch.END);
                watch.phase = Phase.CHANGES;
                return true;
            }
            return false;
        }
        watch.phase = Phase.CHANGES;
        if (!watch.toRemove.isEmpty()) {
            // As a change even where it is a difference: clients take differences for additions.
            tell(watch, taken(watch.toRemove, 1), false, sender);
            return true;
        }
        return false;
    }

    private static void tell(Watch watch, List<ServiceId> services, boolean added, Sender sender) {
        boolean byPattern = added && (watch.phase != Phase.CHANGES || watch.pattern.isAnyOfGroup());
        long id = byPattern ? sendBatch(watch, services, sender) : sendChange(services.get(0), added, sender);
        if (added) {
            watch.told.addAll(services);
        } else {
            services.forEach(watch.told::remove);
        }
        services.forEach(watch.unsure::remove);
        watch.inFlight.put(id, new Batch(services));
    }

    private static long sendBatch(Watch watch, List<ServiceId> services, Sender sender) {
        watch.batch++;
        return sender.send(SYNC, json -> {
            sync(json, watch, watch.phase == Phase.INITIAL ? INITIAL : DIFFERENCE);
            json.writeNumberField("totalBatch", watch.batches);
            json.writeNumberField("currentBatch", watch.batch);
            json.writeArrayFieldStart("contexts");
            for (ServiceId service : services) {
                json.writeStartObject();
                json.writeStringField("serviceKey", key(service));
                json.writeStringField("changedType", ADDED);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static long sendChange(ServiceId service, boolean added, Sender sender) {
        return sender.send(CHANGE, json -> {
            json.writeStringField("syncType", CHANGED);
            json.writeStringField("serviceKey", key(service));
            json.writeStringField("changedType", added ? ADDED : DELETED);
        });
    }

    private static void sync(JsonGenerator json, Watch watch, String type) throws IOException {
        json.writeStringField("syncType", type);
        json.writeStringField("groupKeyPattern", watch.pattern.text());
    }

    private static List<ServiceId> taken(Set<ServiceId> from, int max) {
        List<ServiceId> some = new ArrayList<>(from.stream().limit(max).toList());
        some.forEach(from::remove);
        return some;
    }

    private static String key(ServiceId service) {
        return Names.namespace(service) + Names.SEPARATOR + Names.grouped(service);
    }

    /** Of what is no key a client need not be told that it is gone. */
    private static Optional<ServiceId> service(String key) {
        int end = key.indexOf(Names.SEPARATOR);
        try {
            return end < 0
                    ? Optional.empty()
                    : Optional.of(
                            Names.grouped(key.substring(0, end), "", key.substring(end + Names.SEPARATOR.length())));
        } catch (RegistryException none) {
            return Optional.empty();
        }
    }

    /** A connection watches as many patterns as it may. */
    static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        private TooMany() {
            super("fuzzy watch pattern count is over limit, it should be at most " + PATTERNS_MAX);
        }
    }
}
