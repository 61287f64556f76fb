package io.gemel.naming;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the death of some clients from an outage that takes many of a service's instances at once: then it is more likely that something
 * between them and the registry broke, and a list that goes empty would do more harm than one that is out of date.
 *
 * <p>It judges losses without a client's own word: sessions whose connection is gone and that did not come back, instances
 * without heartbeats, and what the sessions of a dead server held. A connection that was reset counts as a loss, too: the kernel says so of a
 * process that died, but so do a load balancer, a sidecar or a router for thousands that live.
 *
 * <p>Each server judges by what it keeps of a service, as a sample of the whole, because no server knows in time what the others are about to
 * lose. What a single client loses never counts. Confined to the naming loop; reads no clock but the injected one.
 */
public final class LossGuard {
    /** A single client's death is to be seen at once, however much it held. */
    private static final int SESSIONS_MIN = 2;

    private static final Logger log = LoggerFactory.getLogger(LossGuard.class);

    private final ServiceIndex index;
    private final Ticker ticker;
    private final Config config;
    private final Map<Of, Recent> recent = new LinkedHashMap<>();
    private final AtomicLong heldBack = new AtomicLong();
    private final AtomicLong wouldHaveHeld = new AtomicLong();

    /**
     * How losses are judged where operators set nothing.
     *
     * @param share 0..1: more of a service's instances than this must be lost
     * @param instancesMin a service with fewer instances is let alone
     * @param window what is lost within this time counts together; longer than it takes to find who was unplugged
     * @param hold how long what is lost stays as suspect. Then it goes at once: by then operators know, and callers prefer others anyway
     */
    public record Config(GuardMode mode, double share, int instancesMin, Duration window, Duration hold) {
        /** On: half of ten or more within 15 s, for 5 min. */
        public static final Config USUAL =
                new Config(GuardMode.ON, 0.5, 10, Duration.ofSeconds(15), Duration.ofMinutes(5));

        /** Throws {@link RegistryException} with {@code BAD_REQUEST} for a share that is none. */
        public Config {
            Limits.share("share", share);
        }
    }

    /**
     * What one server has lost of a service at one time.
     *
     * @param origin whose sessions held it
     * @param lost what goes, unless it is held
     * @param missing what may yet come back, though nothing is heard of its clients either: who was lost first is else let go before it
     *     can be seen that many others follow
     * @param kept how many instances of the service the server had, the lost and the missing ones among them
     * @param listed how many the service has, over all servers, the lost ones among them, those that are suspect already not
     * @param suspects how many more are suspect, over all servers: another server may have lost its part of the service a moment ago
     * @param servers over how many servers the service's clients are spread
     */
    public record Loss(
            OriginId origin,
            ServiceId service,
            Part lost,
            Part missing,
            int kept,
            int listed,
            int suspects,
            int servers) {}

    /** How many {@code instances}, each shown until now, and how many {@code sessions} held them. */
    public record Part(int sessions, int instances) {
        public static final Part NONE = new Part(0, 0);
    }

    private record Of(OriginId origin, ServiceId service) {}

    private record At(long nanos, Part lost) {}

    /** What was lost within the window, at most one entry for each time at which anybody looks. */
    private static final class Recent {
        final ArrayDeque<At> losses = new ArrayDeque<>();
        int sessions;
        int lost;

        void add(At at) {
            losses.add(at);
            sessions += at.lost.sessions();
            lost += at.lost.instances();
        }

        boolean emptyAfterForgetting(long before) {
            while (!losses.isEmpty() && losses.peek().nanos - before < 0) {
                At old = losses.remove();
                sessions -= old.lost.sessions();
                lost -= old.lost.instances();
            }
            return losses.isEmpty();
        }
    }

    /** Judges by what operators set in {@code index}, and else by {@code config}. */
    public LossGuard(ServiceIndex index, Ticker ticker, Config config) {
        this.index = index;
        this.ticker = ticker;
        this.config = config;
    }

    /** How long what is lost stays as suspect. */
    public Duration hold() {
        return config.hold();
    }

    /** What operators want for {@code service}: said for it, for its namespace, or by the server's settings. Any thread. */
    public GuardMode mode(ServiceId service) {
        return said(service)
                .or(() -> said(ServiceId.ofNamespace(service.namespace())))
                .orElse(config.mode());
    }

    private Optional<GuardMode> said(ServiceId service) {
        return index.operatorState(service)
                .settings()
                .flatMap(set -> set.value().guard());
    }

    /** Whether what was lost stays listed as suspect. Says so in the log, also in a dry run, where it does not. */
    public boolean holds(Loss loss) {
        long now = ticker.nanos();
        forget(now - config.window().toNanos());
        Recent together = recent.computeIfAbsent(new Of(loss.origin(), loss.service()), of -> new Recent());
        int before = together.lost;
        together.add(new At(now, loss.lost()));
        if (!isOutage(loss, together, before)) {
            return false;
        }
        return switch (mode(loss.service())) {
            case OFF -> false;
            case DRY_RUN -> {
                wouldHaveHeld.addAndGet(loss.lost().instances());
                say("dry run: would stay as suspect", loss, together);
                yield false;
            }
            case ON -> {
                heldBack.addAndGet(loss.lost().instances());
                say("lost together, stay as suspect", loss, together);
                yield true;
            }
        };
    }

    /** More than the share of what this server had, and more than its part of that share of the whole service. */
    private boolean isOutage(Loss loss, Recent together, int before) {
        int kept = loss.kept() + before;
        int listed = loss.listed() + before;
        int lost = together.lost + loss.missing().instances();
        return together.sessions + loss.missing().sessions() >= SESSIONS_MIN
                && listed + loss.suspects() >= config.instancesMin()
                && lost > config.share() * kept
                && (double) lost * loss.servers() > config.share() * listed;
    }

    private void say(String what, Loss loss, Recent together) {
        log.warn(
                "{} service={} instances={} origin={} lost={} within={} sessions={} missing={} listed={} for={}",
                what,
                loss.service(),
                loss.lost().instances(),
                loss.origin(),
                together.lost,
                config.window(),
                together.sessions,
                loss.missing().instances(),
                loss.listed(),
                config.hold());
    }

    /** Services of which nothing was lost for long are forgotten: what is kept is bounded by what was lost within the window. */
    private void forget(long before) {
        for (Iterator<Recent> all = recent.values().iterator(); all.hasNext(); ) {
            if (all.next().emptyAfterForgetting(before)) {
                all.remove();
            }
        }
    }

    /** How many instances it has kept as suspect since the start. Any thread. */
    public long heldBack() {
        return heldBack.get();
    }

    /** How many it would have kept, but for a dry run. Any thread. */
    public long wouldHaveHeld() {
        return wouldHaveHeld.get();
    }
}
