package io.gemel.transport.grpc;

import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When what a stream is to be sent leaves: what comes about while one message of requests is worked off, or in one turn of the loop, leaves
 * together. A message of its own for each answer would cost several times as much; and on an idle server a turn is one task, so nothing waits.
 * Any thread.
 */
final class Together {
    private final Loop loop;
    private final Runnable send;
    private final AtomicBoolean sendsLater = new AtomicBoolean();

    /**
     * Nothing to send yet.
     *
     * @param send sends all that waits; called on any thread, and now and then when nothing does
     */
    Together(Loop loop, Runnable send) {
        this.loop = loop;
        this.send = send;
    }

    /** Something waits. It is sent soon. */
    void waits() {
        if (!sendsLater.compareAndSet(false, true)) {
            return;
        }
        if (loop.inLoop()) {
            loop.afterTurn(this::sendNow);
            return;
        }
        try {
            loop.execute(this::sendNow);
        } catch (RegistryException busy) {
            sendNow();
        }
    }

    /** Does {@code work}, then sends what has come about by it. */
    void after(Runnable work) {
        sendsLater.set(true);
        work.run();
        sendNow();
    }

    private void sendNow() {
        sendsLater.set(false);
        send.run();
    }
}
