package io.gemel.it.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds loopback ports that nothing listens at. Not thread-safe.
 *
 * <p>They lie below the range from which the system takes the ports of outgoing connections, one of which could otherwise be in
 * the way of a server that is started again.
 */
final class FreePorts {
    private static final int FIRST = 10_240;
    private static final int LAST = 31_999;

    private final Set<Integer> given = new HashSet<>();

    /** A port that was free just now, and that no earlier call returned. */
    int next() {
        int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
        return !given.contains(port) && free(port) && given.add(port) ? port : next();
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (BindException taken) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
