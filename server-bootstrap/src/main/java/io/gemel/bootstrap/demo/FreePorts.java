package io.gemel.bootstrap.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports that nobody listens at.
 *
 * <p>Below the range from which systems choose ports for outgoing connections: a server that is restarted must find its
 * port free, also while its clients keep trying to reach it. None is given twice by this process, bound yet or not, before
 * many others were. Processes that look for ports side by side take each other's before these are bound, unless the system
 * property {@code gemel.ports} says which quarter of the range each has: 1 the lowest, 4 the highest; without it, the whole.
 *
 * <p>Thread-safe.
 */
public final class FreePorts {
    private static final int LOWEST = 9_000;
    private static final int HIGHEST = 32_000;
    private static final int QUARTER = (HIGHEST - LOWEST) / 4;
    private static final int REMEMBERED = 4_000;

    /** A server whose client port is one of these serves HTTP 1,000 below. */
    private static final List<Integer> WITH_HTTP = List.of(0, -1_000);

    /** HTTP at the base port itself, then clients, servers and Raft. */
    private static final List<Integer> WITH_ALL = List.of(0, 1_000, 1_001, -1_000);

    private static final Set<Integer> GIVEN = new LinkedHashSet<>();

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
        int quarter = Integer.getInteger("gemel.ports", 0);
        int lowest = quarter == 0 ? LOWEST : LOWEST + (quarter - 1) * QUARTER;
        int highest = quarter == 0 ? HIGHEST : lowest + QUARTER;
        List<Integer> found = new ArrayList<>();
        while (found.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(lowest, highest);
            List<Integer> own = offsets.stream().map(offset -> port + offset).toList();
            if (own.stream().allMatch(one -> one >= lowest && one < highest && !GIVEN.contains(one) && isFree(one))) {
                GIVEN.addAll(own);
                found.add(port);
            }
        }
        while (GIVEN.size() > REMEMBERED) {
            GIVEN.remove(GIVEN.iterator().next());
        }
        return found;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
