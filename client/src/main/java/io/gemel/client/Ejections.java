package io.gemel.client;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which instances are left alone, by an {@link OutlierEjection}. Thread-safe.
 *
 * <p>What is remembered is bounded by the instances there are. A result takes no lock unless it ejects; who asks what is ejected does, so the
 * answer is to be kept until {@link #changes} or {@link Verdict#untilNanos} say that it is no longer true.
 */
final class Ejections {
    private static final int DOUBLINGS_MAX = 32;
    private static final Logger log = LoggerFactory.getLogger(Ejections.class);

    private final ServiceId service;
    private final OutlierEjection rule;
    private final Ticker ticker;
    private final Supplier<RandomGenerator> random;
    private final ConcurrentMap<InstanceKey, Standing> standings = new ConcurrentHashMap<>();
    private volatile Set<InstanceKey> known = Set.of(); // written under the lock, never changed
    private volatile long changes; // written under the lock

    /**
     * What is ejected.
     *
     * @param untilNanos when the first of these ejections ends; long from now if there is none
     */
    record Verdict(Set<InstanceKey> ejected, long untilNanos) {}

    Ejections(ServiceId service, OutlierEjection rule, Ticker ticker, Supplier<RandomGenerator> random) {
        this.service = service;
        this.rule = rule;
        this.ticker = ticker;
        this.random = random;
    }

    /** Grows whenever another instance is ejected. */
    long changes() {
        return changes;
    }

    void succeeded(InstanceKey key, Duration took) {
        if (rule.slowAfter().filter(limit -> took.compareTo(limit) > 0).isPresent()) {
            failed(key);
        } else {
            succeeded(key);
        }
    }

    void succeeded(InstanceKey key) {
        boolean counted = rule.failureShare() > 0;
        if (counted && known.contains(key)) {
            standing(key).callSucceeded(ticker.nanos(), true);
            return;
        }
        Standing standing = standings.get(key); // of the good nothing need be remembered
        if (standing != null) {
            standing.callSucceeded(ticker.nanos(), false);
        }
    }

    void failed(InstanceKey key) {
        if (!known.contains(key)) {
            return; // it has gone meanwhile
        }
        long now = ticker.nanos();
        Standing standing = standing(key);
        standing.callFailed(now, rule.failureShare() > 0);
        judge(key, standing, now);
    }

    void probed(InstanceKey key, boolean reached) {
        if (reached) {
            Standing standing = standings.get(key);
            if (standing != null) {
                standing.probed(true);
            }
        } else if (known.contains(key)) {
            Standing standing = standing(key);
            standing.probed(false);
            judge(key, standing, ticker.nanos());
        }
    }

    private Standing standing(InstanceKey key) {
        Standing present = standings.get(key);
        return present != null ? present : standings.computeIfAbsent(key, absent -> new Standing(ticker.nanos()));
    }

    private void judge(InstanceKey key, Standing standing, long now) {
        if (standing.outlier(rule, now)) {
            eject(key, standing, now);
        }
    }

    private synchronized void eject(InstanceKey key, Standing standing, long now) {
        if (standing.ejected || !known.contains(key) || ejected().size() >= most(known.size())) {
            return;
        }
        begin(key, standing, now);
        changes++;
    }

    private void begin(InstanceKey key, Standing standing, long now) {
        boolean again =
                standing.times > 0 && now - standing.untilNanos < rule.timeMax().toNanos();
        standing.times = again ? standing.times + 1 : 1;
        Duration time = time(standing.times);
        standing.ejected = true;
        standing.untilNanos = now + time.toNanos();
        log.warn("instance ejected service={} instance={} time={} times={}", service, key, time, standing.times);
    }

    private Duration time(int times) {
        long most = rule.timeMax().toNanos();
        int doublings = Math.min(times - 1, DOUBLINGS_MAX);
        long nanos = rule.time().toNanos();
        nanos = nanos > (most >> doublings) ? most : nanos << doublings;
        return Duration.ofNanos(nanos + random.get().nextLong(nanos / 4 + 1));
    }

    /** Of so many instances: the share, and never all. */
    private int most(int instances) {
        return Math.max(0, Math.min((int) (rule.shareMax() * instances), instances - 1));
    }

    private List<Map.Entry<InstanceKey, Standing>> ejected() {
        return standings.entrySet().stream()
                .filter(entry -> entry.getValue().ejected)
                .toList();
    }

    /** Forgets all instances but these, brings back those whose time is over, and tells which are ejected now. */
    synchronized Verdict among(List<Instance> instances) {
        long now = ticker.nanos();
        Set<InstanceKey> present = new HashSet<>(instances.size() * 2);
        instances.forEach(instance -> present.add(instance.key()));
        known = present;
        standings.keySet().retainAll(present);
        List<Map.Entry<InstanceKey, Standing>> out = new ArrayList<>(ejected());
        out.removeIf(entry -> back(entry.getKey(), entry.getValue(), now));
        // If there are too many by now, because others have gone, those are let in first that would be back first.
        out.sort(Comparator.comparingLong(entry -> entry.getValue().untilNanos - now));
        while (out.size() > most(present.size())) {
            Standing early = out.remove(0).getValue();
            early.untilNanos = now;
            letIn(early, now);
        }
        Set<InstanceKey> keys = new HashSet<>();
        out.forEach(entry -> keys.add(entry.getKey()));
        long until = out.isEmpty() ? now + Long.MAX_VALUE / 2 : out.get(0).getValue().untilNanos;
        return new Verdict(Set.copyOf(keys), until);
    }

    /** Whether an ejection is over; if probes say that it may as well go on, it does. */
    private boolean back(InstanceKey key, Standing standing, long now) {
        if (standing.untilNanos - now > 0) {
            return false;
        }
        if (standing.unreachable(rule)) {
            begin(key, standing, now);
            return false;
        }
        letIn(standing, now);
        return true;
    }

    private static void letIn(Standing standing, long now) {
        standing.ejected = false;
        standing.forgetCalls(now);
        standing.forgetProbes();
    }
}
