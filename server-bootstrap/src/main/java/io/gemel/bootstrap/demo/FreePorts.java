package io.gemel.bootstrap.demo;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports that nobody listens at, and keeps them for the servers of this process and of those it starts.
 *
 * <p>Below the range from which systems choose ports for outgoing connections: a server that is restarted must find its
 * port free, also while its clients keep trying to reach it. None is given twice by this process, bound yet or not, before
 * many others were; nor, where the system lets a socket be bound beside a server's (Linux does), by other processes.
 *
 * <p>Thread-safe.
 */
public final class FreePorts {
    private static final int LOWEST = 9_000;
    private static final int HIGHEST = 32_000;
    private static final int KEPT = 2_000;

    /** A server whose client port is one of these serves HTTP 1,000 below. */
    private static final List<Integer> WITH_HTTP = List.of(0, -1_000);

    /** HTTP at the base port itself, then clients, servers and Raft. */
    private static final List<Integer> WITH_ALL = List.of(0, 1_000, 1_001, -1_000);

    /** By port, the first given first. */
    private static final Map<Integer, KeptPort> GIVEN = new LinkedHashMap<>();

    private FreePorts() {}

    /** {@code count} different ports of the loopback address, at most a hundred, that are free now; so is the one 1,000 below each. */
    public static List<Integer> loopback(int count) {
        return find(count, WITH_HTTP);
    }

    /** {@code count} base ports, at most a hundred: all ports of servers that are told these alone are free now, and differ. */
    public static List<Integer> bases(int count) {
        return find(count, WITH_ALL);
    }

    private static synchronized List<Integer> find(int count, List<Integer> offsets) {
        List<Integer> found = new ArrayList<>();
        while (found.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            List<Integer> own = offsets.stream().map(offset -> port + offset).toList();
            if (own.stream().allMatch(FreePorts::keep)) {
                found.add(port);
            }
        }
        Iterator<KeptPort> oldest = GIVEN.values().iterator();
        while (GIVEN.size() > KEPT) {
            oldest.next().close();
            oldest.remove();
        }
        return found;
    }

    private static boolean keep(int port) {
        if (port < LOWEST || port >= HIGHEST || GIVEN.containsKey(port)) {
            return false;
        }
        Optional<KeptPort> kept = KeptPort.take(port);
        kept.ifPresent(taken -> GIVEN.put(port, taken));
        return kept.isPresent();
    }
}
