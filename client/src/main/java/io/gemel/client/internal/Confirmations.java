package io.gemel.client.internal;

import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.Refusals;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has servers confirm empty lists that are in doubt. Confined to the client's loop.
 *
 * <p>After a time in which the clients of servers that were all started anew find them again, it asks anew. A server that is not ready refuses to
 * answer that; one that is ready and still knows no instance says NOT_FOUND, which is the confirmation. Whatever else comes of the
 * question, it is asked again later; an instance that registers meanwhile is told by the watch.
 */
final class Confirmations {
    /** Longer than a client's back-off and its attempts at each server of a round; clients add up to a quarter, each of its own. */
    static final Duration HOLD = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Confirmations.class);

    private final ClientLoop loop;
    private final Watches watches;
    private final Function<ServiceId, CompletableFuture<ServiceView>> find;

    /**
     * Nothing is in doubt yet.
     *
     * @param find asks a server that is ready; done in the loop
     */
    Confirmations(ClientLoop loop, Watches watches, Function<ServiceId, CompletableFuture<ServiceView>> find) {
        this.loop = loop;
        this.watches = watches;
        this.find = find;
    }

    /** Has {@code doubt} confirmed, for as long as it stands. */
    void settle(Watches.Doubt doubt) {
        log.info("empty list not taken over before it is confirmed service={}", doubt.service());
        askLater(doubt);
    }

    private void askLater(Watches.Doubt doubt) {
        var unused = loop.after(loop.scattered(HOLD, HOLD.plus(HOLD.dividedBy(4))), () -> {
            if (watches.stands(doubt)) {
                ask(doubt);
            }
        });
    }

    private void ask(Watches.Doubt doubt) {
        var unused = find.apply(doubt.service()).whenComplete((view, failure) -> {
            if (failure != null
                    && Refusals.received(failure, Refusals.Call.READ).code() == Code.NOT_FOUND) {
                log.info("empty list confirmed service={}", doubt.service());
                watches.confirmed(doubt);
            } else {
                askLater(doubt);
            }
        });
    }
}
