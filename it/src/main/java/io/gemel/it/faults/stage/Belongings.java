package io.gemel.it.faults.stage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What was made and has to be given back, the newest first. Thread-safe. */
final class Belongings implements AutoCloseable {
    private final Deque<AutoCloseable> made = new ArrayDeque<>();

    /** Remembers {@code resource}, and hands it back. */
    synchronized <T extends AutoCloseable> T add(T resource) {
        made.push(resource);
        return resource;
    }

    /** Closes all, also if some fail; then throws {@link IllegalStateException} that names what may be left. */
    @Override
    @SuppressWarnings("IllegalCatch") // what is closed may throw anything, and all must be closed
    public synchronized void close() {
        List<String> failures = new ArrayList<>();
        while (!made.isEmpty()) {
            AutoCloseable resource = made.pop();
            try {
                resource.close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                failures.add(resource + ": " + e.getMessage());
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("left behind: " + String.join("; ", failures));
        }
    }
}
