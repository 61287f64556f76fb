package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a client ends: with a goodbye to its server, or because it has failed. Any thread. */
final class Ending {
    private static final Duration GOODBYE = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(Ending.class);

    private final ClientLoop loop;
    private final Entrance entrance;
    private final Parts parts;
    private final Runnable endLoops;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean givenUp = new AtomicBoolean();

    /** What has to be ended, in the loop. */
    record Parts(Calls calls, Views views, Probers probers, Session session, Channels channels) {
        void failCalls() {
            calls.failAll(RegistryClient.closed());
        }

        void leave() {
            probers.close();
            session.abandon();
            channels.close();
        }
    }

    Ending(ClientLoop loop, Entrance entrance, Parts parts, Runnable endLoops) {
        this.loop = loop;
        this.entrance = entrance;
        this.parts = parts;
        this.endLoops = endLoops;
    }

    /** Ends it, once. Waits for that, unless the thread is the loop's own or is interrupted. */
    void begin() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<Void> goodbye = goodbye();
        if (!loop.inLoop() && Awaiting.goodbye(goodbye, GOODBYE)) {
            loop.post(this::letGo);
            endLoops.run();
        } else {
            endAfter(goodbye);
        }
    }

    /** To let go at once would take the goodbye back before it has left, and here nobody can wait for the answer. */
    private void endAfter(CompletableFuture<Void> goodbye) {
        var limit = loop.after(GOODBYE, () -> goodbye.complete(null));
        Runnable end = () -> {
            limit.cancel();
            letGo();
            endLoops.run();
        };
        var unused = goodbye.thenRun(() -> loop.post(end));
    }

    /** Takes no more calls, and tells the server. The result is done when it has answered, or at once if there is none. */
    CompletableFuture<Void> goodbye() {
        entrance.shut();
        CompletableFuture<Void> goodbye = new CompletableFuture<>();
        boolean posted = loop.post(() -> {
            parts.failCalls();
            var unused = parts.session().close().thenAccept(goodbye::complete);
        });
        if (!posted) {
            goodbye.complete(null);
        }
        return goodbye;
    }

    private void letGo() {
        parts.views().close();
        parts.leave();
    }

    /** A task of ours threw, in the loop or in that of the listeners, so state is not to be trusted any more. */
    void broken(Throwable failure) {
        log.error("the client has failed and is closed; please report this", failure);
        entrance.shut();
        if (loop.inLoop() || !loop.post(this::giveUp)) {
            giveUp(); // the loop runs nothing more
        }
    }

    /** Leaves nobody waiting and nothing running. */
    private void giveUp() {
        if (!givenUp.compareAndSet(false, true)) {
            return; // both loops have failed
        }
        try {
            parts.failCalls();
            parts.leave();
        } finally {
            entrance.failAll(new RegistryException(Code.UNKNOWN_OUTCOME, "this client has failed"));
            endLoops.run();
        }
    }
}
