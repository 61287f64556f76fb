package io.gemel.client.internal;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries, round after round, whether instances take connections. Confined to the client's loop.
 *
 * <p>A round begins an interval after the last one ended, a little more or less. What is under way is looked at every few milliseconds, so that
 * no thread has to wait for it; between rounds nothing happens.
 */
final class Prober {
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Logger log = LoggerFactory.getLogger(Prober.class);

    private final ClientLoop loop;
    private final Ticker ticker;
    private final Dialing.Dialer dialer;
    private final ProbeSettings settings;
    private final Supplier<List<InstanceKey>> targets;
    private final BiConsumer<InstanceKey, Boolean> found;
    private final ArrayDeque<InstanceKey> waiting = new ArrayDeque<>();
    private final List<Probe> underWay = new ArrayList<>();
    private boolean ended;

    /** A connection that is being tried, and when that has taken long enough. */
    private record Probe(InstanceKey key, Dialing dialing, long deadlineNanos) {}

    Prober(
            ClientLoop loop,
            Ticker ticker,
            Dialing.Dialer dialer,
            ProbeSettings settings,
            Supplier<List<InstanceKey>> targets,
            BiConsumer<InstanceKey, Boolean> found) {
        this.loop = loop;
        this.ticker = ticker;
        this.dialer = dialer;
        this.settings = settings;
        this.targets = targets;
        this.found = found;
    }

    void start() {
        later(loop.scattered(Duration.ZERO, settings.interval()), this::round);
    }

    void end() {
        ended = true;
        waiting.clear();
        underWay.forEach(probe -> probe.dialing.close());
        underWay.clear();
    }

    private void later(Duration delay, Runnable task) {
        var unused = loop.after(delay, () -> {
            if (!ended) {
                task.run();
            }
        });
    }

    private void round() {
        targets.get().stream().filter(TcpDialing::canReach).forEach(waiting::add);
        goOn();
    }

    private void goOn() {
        while (underWay.size() < settings.concurrency() && !waiting.isEmpty()) {
            begin(waiting.remove());
        }
        if (underWay.isEmpty()) {
            Duration quarter = settings.interval().dividedBy(4);
            later(
                    loop.scattered(
                            settings.interval().minus(quarter),
                            settings.interval().plus(quarter)),
                    this::round);
        } else {
            later(LOOK, this::look);
        }
    }

    private void begin(InstanceKey key) {
        try {
            Dialing dialing = dialer.dial(key);
            underWay.add(
                    new Probe(key, dialing, ticker.nanos() + settings.timeout().toNanos()));
        } catch (IOException ours) {
            log.debug("not probed instance={} cause={}", key, ours.toString());
        }
    }

    private void look() {
        for (Iterator<Probe> probes = underWay.iterator(); probes.hasNext(); ) {
            Probe probe = probes.next();
            Optional<Boolean> outcome = probe.dialing.outcome();
            if (outcome.isPresent() || probe.deadlineNanos - ticker.nanos() <= 0) {
                probes.remove();
                probe.dialing.close();
                found.accept(probe.key, outcome.orElse(false));
            }
        }
        goOn();
    }
}
