package io.gemel.it.faults.nemesis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Servers join the cluster, live in it for a while as members like all others, and are removed again; or the next one joins before
 * the last is removed, which replaces it. No id is used twice.
 *
 * <p>What counts as a fault is the change; between two of them the cluster is as sound with one server more as it was without.
 */
final class MemberChanges implements Nemesis {
    private static final int CALM_MAX_MILLIS = 1_200;
    private static final int CHANGE_MIN_MILLIS = 400;
    private static final int CHANGE_MAX_MILLIS = 1_500;
    private static final int STUMBLE_MIN_MILLIS = 700;
    private static final int STUMBLE_MAX_MILLIS = 3_000;
    private static final double REPLACED_SHARE = 0.4;
    private static final double STUMBLING_SHARE = 0.2;

    /** There are hosts for no more. */
    private static final int SERVERS_MAX = 50;

    @Override
    public String name() {
        return "membership";
    }

    @Override
    public String description() {
        return "servers join with empty disks, and are removed again: running, leading or dead";
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.empty();
    }

    @Override
    public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
        long total = time.toMillis();
        List<PlannedFault> faults = new ArrayList<>();
        Deque<String> guests = new ArrayDeque<>();
        int last = nodes.size();
        long at = Math.min(random.nextInt(CALM_MAX_MILLIS), total / 5);
        while (true) {
            long end = at + random.nextInt(CHANGE_MIN_MILLIS, CHANGE_MAX_MILLIS);
            boolean another = guests.isEmpty() || (guests.size() == 1 && random.nextDouble() < REPLACED_SHARE);
            if (end > total || (another && last == SERVERS_MAX)) {
                return faults;
            }
            if (another) {
                last++;
                guests.add("s" + last);
            }
            faults.add(
                    another ? arrival(random, guests.getLast(), at, end) : departure(random, guests.remove(), at, end));
            at = end + random.nextInt(CALM_MAX_MILLIS);
        }
    }

    private PlannedFault arrival(RandomGenerator random, String guest, long from, long to) {
        Optional<Duration> stumble = Optional.of(
                        Duration.ofMillis(random.nextInt(STUMBLE_MIN_MILLIS, STUMBLE_MAX_MILLIS)))
                .filter(after -> random.nextDouble() < STUMBLING_SHARE);
        return planned(from, to, Arrival.words(guest), new Arrival(guest, stumble));
    }

    private PlannedFault departure(RandomGenerator random, String guest, long from, long to) {
        Departure.Manner[] manners = Departure.Manner.values();
        Departure departure = new Departure(guest, manners[random.nextInt(manners.length)]);
        return planned(from, to, departure.words(), departure);
    }

    private PlannedFault planned(long from, long to, String target, Injection injection) {
        return new PlannedFault(Duration.ofMillis(from), Duration.ofMillis(to), name(), target, injection);
    }
}
