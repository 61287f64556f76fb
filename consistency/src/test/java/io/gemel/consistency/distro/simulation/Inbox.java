package io.gemel.consistency.distro.simulation;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;

/** What has arrived on one side of a call and is handed out as it is asked for; its end last. */
final class Inbox {
    private final Host host;
    private final Timeline timeline;
    private final Consumer<InputStream> handOut;
    private final ArrayDeque<InputStream> messages = new ArrayDeque<>();
    private Optional<Runnable> end = Optional.empty();
    private int wanted;
    private boolean handing;
    private boolean closed;

    Inbox(Host host, Timeline timeline, Consumer<InputStream> handOut) {
        this.host = host;
        this.timeline = timeline;
        this.handOut = handOut;
    }

    /** Asks for so many more. Any thread, as it were: what is there already comes in a task of its own. */
    void request(int count) {
        wanted += count;
        if (!messages.isEmpty() && !handing) {
            timeline.at(timeline.now(), host, this::handOut);
        }
    }

    void arrived(InputStream message) {
        if (!closed && end.isEmpty()) {
            messages.add(message);
            handOut();
        }
    }

    /** {@code task} runs after all that has arrived was handed out. */
    void ends(Runnable task) {
        if (!closed && end.isEmpty()) {
            end = Optional.of(task);
            handOut();
        }
    }

    /** Drops everything. */
    void close() {
        closed = true;
        messages.clear();
        end = Optional.empty();
    }

    private void handOut() {
        if (handing) {
            return;
        }
        handing = true;
        while (wanted > 0 && !messages.isEmpty()) {
            wanted--;
            handOut.accept(messages.remove());
        }
        handing = false;
        if (messages.isEmpty() && end.isPresent()) {
            Runnable task = end.get();
            end = Optional.empty();
            closed = true;
            task.run();
        }
    }
}
