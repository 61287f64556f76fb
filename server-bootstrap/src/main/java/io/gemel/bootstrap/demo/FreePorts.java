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
 * port is one of these serves HTTP there.
 */
public final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int HTTP_OFFSET = 1_000;

    private FreePorts() {}

    /** {@code count} different ports of the loopback address that are free now. */
    public static List<Integer> loopback(int count) {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            boolean even = port / HTTP_OFFSET % 2 == 0;
            if (even && isFree(port) && isFree(port - HTTP_OFFSET)) {
                ports.add(port);
            }
        }
        return new ArrayList<>(ports);
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
