package io.gemel.consistency.distro.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** How much of what was sent on a call the other side has yet to take; smaller than gRPC's, so that it is full now and then. */
final class Window {
    private static final int BYTES_MAX = 4 * 1024;

    private final Runnable onReady;
    private int unread;

    Window(Runnable onReady) {
        this.onReady = onReady;
    }

    boolean ready() {
        return unread < BYTES_MAX;
    }

    void sent(int bytes) {
        unread += bytes;
    }

    void read(int bytes) {
        boolean wasReady = ready();
        unread -= bytes;
        if (!wasReady && ready()) {
            onReady.run();
        }
    }

    static int size(InputStream message) {
        try {
            return message.available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
