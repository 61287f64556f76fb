package io.gemel.bootstrap;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is open, to be closed in reverse. One part that fails to close does not keep the others open. */
final class Closing {
    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, AutoCloseable closeable) {}

    /** Remembers {@code closeable}, and hands it back. */
    synchronized <T extends AutoCloseable> T add(String name, T closeable) {
        parts.push(new Part(name, closeable));
        return closeable;
    }

    /** Closes all that is open. */
    @SuppressWarnings("IllegalCatch") // whatever a part throws, the next one must be closed too
    synchronized void close() {
        for (Part part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.closeable().close();
            } catch (Exception failure) {
                log.warn("cannot close the {}", part.name(), failure);
            }
        }
    }
}
