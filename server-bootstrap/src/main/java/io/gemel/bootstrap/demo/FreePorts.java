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
 * port free, also while its clients keep trying to reach it. And only such that the port 1,000 below is free and never chosen: a server whose client
 * port is one of these serves HTTP there. Processes that look for ports side by side take each other's before these are bound, unless the system property {@code gemel.ports}
 * says which share each has: 1 the odd ones, 2 the even ones. Nor is one given twice by this process, bound yet or not, before {@value #REMEMBERED} others were.
 *
 * <p>Thread-safe.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int HTTP_OFFSET = 1_000;
    private static final int SHARES = 2;
    private static final int REMEMBERED = 2_000;

    private static final Set<Integer> GIVEN = new LinkedHashSet<>();

    private FreePorts() {}

    /** {@code count} different ports of the loopback address, at most a hundred, that are free now. */
    public static synchronized List<Integer> loopback(int count) {
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            boolean even = port / HTTP_OFFSET % 2 == 0;
            if (even && isOurs(port) && isFree(port) && isFree(port - HTTP_OFFSET) && GIVEN.add(port)) {
                ports.add(port);
            }
        }
        while (GIVEN.size() > REMEMBERED) {
            GIVEN.remove(GIVEN.iterator().next());
        }
        return ports;
    }

    private static boolean isOurs(int port) {
        int share = Integer.getInteger("gemel.ports", 0);
        return share == 0 || port % SHARES == share % SHARES;
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
