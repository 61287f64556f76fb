package io.gemel.transport.nacos;

import io.gemel.naming.Change;
import io.gemel.naming.Loop;
import io.gemel.naming.Naming;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Ticker;
import io.gemel.naming.Versioned;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes services that exist because somebody created them, by Nacos's API, and nothing else: that have been without instances for a
 * while and for which nothing is set. Nacos does it to those with settings, too; here what somebody has set is never thrown away.
 *
 * <p>One member does it, or each would ask for the same. Confined to its loop.
 */
public final class EmptyServices {
    private static final int REMOVALS_MAX = 500;
    private static final Logger log = LoggerFactory.getLogger(EmptyServices.class);

    private final Naming naming;
    private final BooleanSupplier here;
    private final Ticker ticker;
    private final Duration expiry; // not zero
    private Map<ServiceId, Empty> met = new HashMap<>();

    /**
     * A service that was empty in each round since.
     *
     * @param revision of the settings that say nothing
     */
    private record Empty(long revision, long sinceNanos) {}

    /**
     * When they go.
     *
     * @param interval how often they are looked for
     * @param expiry how long a service has to be empty; zero if none is ever to be removed
     */
    public record Config(Duration interval, Duration expiry) {}

    EmptyServices(Naming naming, BooleanSupplier here, Ticker ticker, Duration expiry) {
        this.naming = naming;
        this.here = here;
        this.ticker = ticker;
        this.expiry = expiry;
    }

    /**
     * Looks for them in {@code loop} from now on.
     *
     * @param here whether this node is the one that does it
     */
    public static void follow(Naming naming, Loop loop, Ticker ticker, BooleanSupplier here, Config config) {
        if (!config.expiry().isZero()) {
            loop.every(config.interval(), new EmptyServices(naming, here, ticker, config.expiry())::sweep);
        }
    }

    /** Looks at all services for which anything is set, and asks for the removal of those whose time has come. Does not wait for it. */
    void sweep() {
        Map<ServiceId, Empty> before = met;
        met = new HashMap<>();
        if (!naming.ready() || !here.getAsBoolean()) {
            return;
        }
        long now = ticker.nanos();
        int removed = 0;
        for (ServiceId service : naming.described()) {
            Optional<Long> revision = emptyAt(service);
            if (revision.isEmpty()) {
                continue;
            }
            Empty known = before.get(service);
            Empty empty = known != null && known.revision() == revision.get() ? known : new Empty(revision.get(), now);
            met.put(service, empty);
            if (now - empty.sinceNanos() >= expiry.toNanos() && removed < REMOVALS_MAX) {
                removed++;
                remove(service, empty.revision());
            }
        }
    }

    /** The revision of the settings of {@code service}, if they say nothing and it has no instances. */
    private Optional<Long> emptyAt(ServiceId service) {
        // What is asked of this node alone is answered at once.
        List<ServiceDescription> answered = naming.describe(service, ReadLevel.LOCAL)
                .thenApply(List::of)
                .exceptionally(refusal -> List.of())
                .getNow(List.of());
        return answered.stream()
                .filter(description -> description.tally().instances() == 0)
                .flatMap(description -> description.state().settings().stream())
                .filter(settings -> settings.value().equals(ServiceSettings.NONE))
                .map(Versioned::revision)
                .findFirst();
    }

    private void remove(ServiceId service, long revision) {
        var unused = naming.setService(
                        new Change.SetService(service, Optional.empty(), Precondition.revision(revision)))
                .whenComplete((written, failure) -> {
                    if (failure == null) {
                        log.info("removed a service that was empty for {} service={}", expiry, service);
                    } else {
                        log.debug("empty service not removed service={} cause={}", service, failure.getMessage());
                    }
                });
    }
}
