package io.gemel.bootstrap.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;

/**
 * A port of the loopback address that a server may have, and nobody who looks for a free one takes meanwhile: not another process that
 * looks this way, and not the system for a connection.
 *
 * <p>A socket is bound to it that does not listen. It is bound alone, so that two who look at once do not both get it, and shared from then on:
 * servers listen beside it, as they ask for the address's reuse.
 */
final class KeptPort implements AutoCloseable {
    private final Socket bound;

    private KeptPort(Socket bound) {
        this.bound = bound;
    }

    /** Keeps {@code port}; empty if somebody has it. */
    static Optional<KeptPort> take(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Socket bound = new Socket();
        try {
            bound.setReuseAddress(false);
            bound.bind(address);
            bound.setReuseAddress(true);
        } catch (IOException taken) {
            close(bound);
            return Optional.empty();
        }
        if (!canListen(address)) {
            close(bound); // this system keeps servers out, too: it was free, and is not kept
        }
        return Optional.of(new KeptPort(bound));
    }

    @Override
    public void close() {
        close(bound);
    }

    private static boolean canListen(InetSocketAddress address) {
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
