package io.gemel.client;

import static java.util.Objects.requireNonNull;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses from the newest view of a watched service.
 *
 * <p>It looks whether there is a newer view whenever it chooses, rather than being told: listeners may be slow. What it makes of a view and of the
 * ejections at the time is kept, immutable, until one of the two is no longer true.
 */
final class ConnectedBalancer implements Balancer {
    private final ServiceId service;
    private final BalancerOptions options;
    private final Supplier<Optional<ServiceView>> newest;
    private final Ticker ticker;
    private final Choices.Choice choice;
    private final Ejections ejections;
    private volatile State state;
    private volatile Runnable end = () -> {};

    /**
     * What it chooses from.
     *
     * @param wanted those that are ejected included
     * @param chooser absent if there are no candidates
     * @param changes of the ejections, when they were asked
     * @param untilNanos when they have to be asked again
     */
    private record State(
            ServiceView view,
            List<Instance> wanted,
            Candidates candidates,
            Choices.@Nullable Chooser chooser,
            Set<InstanceKey> ejected,
            long changes,
            long untilNanos) {}

    /**
     * Chooses from the first view until there is a newer one.
     *
     * @param first the view to begin with
     * @param newest the newest one; empty if there is none but the first
     * @param random a generator for the calling thread
     */
    ConnectedBalancer(
            ServiceView first,
            BalancerOptions options,
            Supplier<Optional<ServiceView>> newest,
            Ticker ticker,
            Supplier<RandomGenerator> random) {
        this.service = first.service();
        this.options = options;
        this.newest = newest;
        this.ticker = ticker;
        this.choice = Choices.of(options.strategy(), random);
        this.ejections = new Ejections(service, options.ejection(), ticker, random);
        this.state = made(first, Candidates.NONE);
    }

    /** What to do when it is closed. */
    ConnectedBalancer endingWith(Runnable task) {
        end = task;
        return this;
    }

    @Override
    public ServiceId service() {
        return service;
    }

    @Override
    public Optional<Instance> next() {
        if (options.strategy() == Strategy.CONSISTENT_HASH) {
            throw new IllegalStateException("CONSISTENT_HASH chooses by a key: next(key)");
        }
        return choose(0);
    }

    @Override
    public Optional<Instance> next(String key) {
        requireNonNull(key, "key");
        return choose(options.strategy() == Strategy.CONSISTENT_HASH ? Hashing.of(key) : 0);
    }

    private Optional<Instance> choose(long hash) {
        Choices.Chooser chooser = present().chooser;
        return chooser == null ? Optional.empty() : Optional.of(chooser.choose(hash));
    }

    @Override
    public void succeeded(Instance instance) {
        ejections.succeeded(instance.key());
    }

    @Override
    public void succeeded(Instance instance, Duration took) {
        ejections.succeeded(instance.key(), requireNonNull(took, "took"));
    }

    @Override
    public void failed(Instance instance) {
        ejections.failed(instance.key());
    }

    /** A probe of the instance at {@code key} has come to an end. */
    void probed(InstanceKey key, boolean reached) {
        ejections.probed(key, reached);
    }

    /** Which instances to probe. */
    List<InstanceKey> probeTargets() {
        return present().wanted.stream().map(Instance::key).toList();
    }

    @Override
    public Set<InstanceKey> ejected() {
        return present().ejected;
    }

    @Override
    public void close() {
        end.run();
    }

    private State present() {
        State known = state;
        return stillTrue(known) ? known : renewed();
    }

    private boolean stillTrue(State known) {
        return known.view == newest.get().orElse(known.view)
                && known.changes == ejections.changes()
                && known.untilNanos - ticker.nanos() > 0;
    }

    private synchronized State renewed() {
        State known = state;
        if (!stillTrue(known)) {
            state = made(newest.get().orElse(known.view), known.candidates);
        }
        return state;
    }

    private State made(ServiceView view, Candidates before) {
        List<Instance> wanted = options.selection().of(view);
        long changes = ejections.changes();
        Ejections.Verdict verdict = ejections.among(wanted);
        List<Instance> left = wanted.stream()
                .filter(instance -> !verdict.ejected().contains(instance.key()))
                .toList();
        Candidates candidates = before.become(left, choice.fresh(before));
        return new State(
                view,
                wanted,
                candidates,
                candidates.size() == 0 ? null : choice.among(candidates),
                verdict.ejected(),
                changes,
                verdict.untilNanos());
    }
}
