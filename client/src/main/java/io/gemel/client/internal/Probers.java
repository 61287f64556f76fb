package io.gemel.client.internal;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.Ticker;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The probes of a client. Confined to its loop, except {@link #begin}. */
final class Probers {
    private final ClientLoop loop;
    private final Ticker ticker;
    private final Dialing.Dialer dialer;
    private final Set<Prober> running = new HashSet<>();

    Probers(ClientLoop loop, Ticker ticker, Dialing.Dialer dialer) {
        this.loop = loop;
        this.ticker = ticker;
        this.dialer = dialer;
    }

    /** Probes whatever {@code targets} says from now on; the result ends that. Any thread. */
    Runnable begin(
            ProbeSettings settings, Supplier<List<InstanceKey>> targets, BiConsumer<InstanceKey, Boolean> found) {
        Prober prober = new Prober(loop, ticker, dialer, settings, targets, found);
        loop.post(() -> {
            running.add(prober);
            prober.start();
        });
        return () -> loop.post(() -> {
            running.remove(prober);
            prober.end();
        });
    }

    void close() {
        running.forEach(Prober::end);
        running.clear();
    }
}
