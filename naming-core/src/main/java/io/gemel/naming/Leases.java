package io.gemel.naming;

import static java.util.Objects.requireNonNullElse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances that this node keeps by leases (Gray and Cheriton, 1989), which heartbeats renew.
 *
 * <p>Each lease is a session of its own whose id follows from the instance's address, so that it is the same on whichever node the
 * client's heartbeats arrive. A node that takes an instance on publishes it in a higher epoch and then voids what another node
 * published before: nobody sees it missing meanwhile, and the other one drops its lease when it hears of that. Any thread may call; the
 * state is the naming loop's.
 */
public final class Leases implements LeaseService, Publications.Kept {
    /** How often leases are looked at; adds to their times at most. */
    static final Duration CHECK_PERIOD = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    private final Loop loop;
    private final Ticker ticker;
    private final RandomGenerator secrets;
    private final int leasesMax;
    private final LamportClock clock;
    private final Publications publications;
    private final ConsistencyService consistency;
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<String, Lease> withdrawn = new HashMap<>();
    private long checkedNanos;
    private volatile int size;

    /**
     * No leases yet.
     *
     * @param secrets makes sure that nobody can resume a lease as a session; must be cryptographically strong in production
     * @param leasesMax how many instances this node keeps
     */
    public Leases(
            Loop loop,
            Ticker ticker,
            RandomGenerator secrets,
            int leasesMax,
            LamportClock clock,
            Publications publications,
            ConsistencyService consistency) {
        this.loop = loop;
        this.ticker = ticker;
        this.secrets = secrets;
        this.leasesMax = leasesMax;
        this.clock = clock;
        this.publications = publications;
        this.consistency = consistency;
        this.checkedNanos = ticker.nanos();
        publications.onMove(this::moved);
        publications.onStop(this);
        loop.every(CHECK_PERIOD, this::check);
    }

    @Override
    public CompletableFuture<Optional<Written>> ask(LeaseRequest request) {
        CompletableFuture<Optional<Written>> result = new CompletableFuture<>();
        try {
            if (loop.inLoop()) {
                answer(request, result);
            } else {
                loop.execute(() -> answer(request, result));
            }
        } catch (RegistryException refusal) {
            result.completeExceptionally(refusal);
        }
        return result;
    }

    /** How many instances this node keeps. Any thread. */
    public int size() {
        return size;
    }

    private void answer(LeaseRequest request, CompletableFuture<Optional<Written>> result) {
        try {
            var unused = done(request).whenComplete((written, failure) -> {
                if (failure == null) {
                    result.complete(written);
                } else {
                    result.completeExceptionally(
                            failure instanceof CompletionException
                                    ? requireNonNullElse(failure.getCause(), failure)
                                    : failure);
                }
            });
        } catch (RegistryException refusal) {
            result.completeExceptionally(refusal);
        }
    }

    private CompletableFuture<Optional<Written>> done(LeaseRequest request) {
        if (request instanceof LeaseRequest.Register register) {
            return register(register).thenApply(Optional::of);
        } else if (request instanceof LeaseRequest.Renew renew) {
            return renew(renew);
        }
        return deregister(request.service(), request.key()).thenApply(Optional::of);
    }

    private CompletableFuture<Written> register(LeaseRequest.Register request) {
        String id = id(request.service(), request.key());
        Lease known = leases.get(id);
        if (known == null) {
            return takeOn(id, request);
        }
        CompletableFuture<Written> published = publish(known, request.instance());
        if (!published.isCompletedExceptionally()) {
            known.request = request;
            known.renew(ticker.nanos());
        }
        return published;
    }

    private CompletableFuture<Written> takeOn(String id, LeaseRequest.Register request) {
        if (leases.size() >= leasesMax) {
            throw new RegistryException(
                    RegistryException.Code.OVERLOADED,
                    "this server keeps its limit of " + leasesMax + " instances by heartbeats");
        }
        Lease lease = new Lease(new Publisher(id, clock.next()), request, ticker.nanos());
        var unused = consistency.write(new Change.SessionOpened(lease.publisher, true));
        CompletableFuture<Written> published = publish(lease, request.instance());
        if (published.isCompletedExceptionally()) {
            logged(end(lease), lease);
            return published;
        }
        leases.put(id, lease);
        withdrawn.remove(id);
        size = leases.size();
        CompletableFuture<Written> voided =
                consistency.write(new Change.SessionReplayed(lease.publisher, secrets.nextLong()));
        return published.thenCombine(voided, (first, last) -> last);
    }

    private CompletableFuture<Optional<Written>> renew(LeaseRequest.Renew request) {
        String id = id(request.service(), request.key());
        Lease lease = leases.get(id);
        if (lease == null) {
            Lease before = withdrawn.get(id);
            return before == null
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : takeOn(id, before.request).thenApply(Optional::of);
        }
        boolean lapsed = lease.lapsed;
        lease.renew(ticker.nanos());
        return (lapsed ? publish(lease, lease.request.instance()) : CompletableFuture.completedFuture(new Written(0)))
                .thenApply(Optional::of);
    }

    /** What another node keeps is voided as if it were taken on here and then ended. */
    private CompletableFuture<Written> deregister(ServiceId service, InstanceKey key) {
        String id = id(service, key);
        Lease lease = leases.remove(id);
        withdrawn.remove(id);
        size = leases.size();
        if (lease != null) {
            return end(lease);
        }
        if (!publications.holds(id)) {
            return CompletableFuture.completedFuture(new Written(0));
        }
        Publisher publisher = new Publisher(id, clock.next());
        var opened = consistency.write(new Change.SessionOpened(publisher, true));
        var voided = consistency.write(new Change.SessionReplayed(publisher, secrets.nextLong()));
        return opened.thenCombine(voided, (first, last) -> last)
                .thenCombine(consistency.write(new Change.SessionClosed(publisher)), (first, last) -> last);
    }

    private CompletableFuture<Written> publish(Lease lease, Instance instance) {
        return consistency.write(new Change.Register(lease.request.service(), List.of(instance), lease.publisher));
    }

    private CompletableFuture<Written> end(Lease lease) {
        return consistency.write(new Change.SessionClosed(lease.publisher));
    }

    /** Another node has taken the instance on. */
    private void moved(String id, long epoch) {
        withdrawn.remove(id);
        Lease lease = leases.get(id);
        if (lease != null && lease.publisher.epoch() < epoch) {
            leases.remove(id);
            size = leases.size();
            logged(end(lease), lease);
        }
    }

    /** What is withdrawn comes back with its client's next heartbeat, in an epoch above all that happened to it meanwhile. */
    @Override
    public void droppedElsewhere(long nanos) {
        for (Lease lease : List.copyOf(leases.values())) {
            if (lease.renewedNanos - nanos < 0) {
                leases.remove(lease.publisher.session());
                withdrawn.put(lease.publisher.session(), lease);
                logged(end(lease), lease);
            }
        }
        size = leases.size();
    }

    @Override
    public boolean undecided() {
        return !withdrawn.isEmpty();
    }

    private void check() {
        long now = ticker.nanos();
        // While this node stood still nobody could renew anything.
        long stoodStill = Math.max(0, now - checkedNanos - 2 * CHECK_PERIOD.toNanos());
        checkedNanos = now;
        List<Lease> over = new ArrayList<>();
        for (Lease lease : leases.values()) {
            lease.forgive(stoodStill, now);
            long silent = lease.silent(now);
            if (silent >= lease.request.times().removedAfter().toNanos()) {
                over.add(lease);
            } else if (!lease.lapsed
                    && silent >= lease.request.times().unhealthyAfter().toNanos()) {
                lease.lapsed = true;
                logged(publish(lease, lease.request.instance().withHealthy(false)), lease);
            }
        }
        if (!over.isEmpty()) {
            remove(over);
        }
        withdrawn
                .values()
                .removeIf(lease -> lease.silent(now)
                        >= lease.request.times().removedAfter().toNanos());
    }

    private void remove(List<Lease> over) {
        List<Publisher> publishers = new ArrayList<>();
        for (Lease lease : over) {
            log.debug("no heartbeats, removed instance={} service={}", lease.request.key(), lease.request.service());
            leases.remove(lease.publisher.session());
            publishers.add(lease.publisher);
        }
        size = leases.size();
        List<Publisher> missing = leases.values().stream()
                .filter(lease -> lease.lapsed)
                .map(lease -> lease.publisher)
                .toList();
        logged(consistency.write(new Change.SessionsLost(publishers, missing)), over.get(0));
    }

    private static void logged(CompletableFuture<Written> write, Lease lease) {
        var unused = write.whenComplete((written, failure) -> {
            if (failure != null) {
                log.warn(
                        "lease not written instance={} service={}",
                        lease.request.key(),
                        lease.request.service(),
                        failure);
            }
        });
    }

    /** The same on every node, and none that a server ever gives to a session but by a chance of one in 2^128. */
    static String id(ServiceId service, InstanceKey key) {
        String text = String.join(
                "\0",
                "lease",
                service.namespace(),
                service.group(),
                service.name(),
                key.ip(),
                Integer.toString(key.port()),
                key.cluster());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** One instance, and when its client was last heard of. */
    private static final class Lease {
        final Publisher publisher;
        LeaseRequest.Register request;
        long renewedNanos;
        long forgivenNanos;
        boolean lapsed;

        Lease(Publisher publisher, LeaseRequest.Register request, long renewedNanos) {
            this.publisher = publisher;
            this.request = request;
            this.renewedNanos = renewedNanos;
        }

        void renew(long nanos) {
            renewedNanos = nanos;
            forgivenNanos = 0;
            lapsed = false;
        }

        /** For how long nobody renewed it, without what is forgiven. */
        long silent(long nanos) {
            return nanos - renewedNanos - forgivenNanos;
        }

        void forgive(long time, long nanos) {
            forgivenNanos += Math.min(time, silent(nanos));
        }
    }
}
