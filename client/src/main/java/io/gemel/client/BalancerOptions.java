package io.gemel.client;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * How a {@link Balancer} chooses. Immutable; {@link #of} gives the defaults, the {@code with} methods vary them.
 *
 * @param strategy in which way it chooses
 * @param selection which instances it chooses from; by default the {@linkplain Selection#USABLE usable} ones
 * @param ejection when it leaves one alone that fails; by default {@link OutlierEjection#DEFAULT}
 * @param probing how it tries them itself; empty, the default, for not at all
 */
public record BalancerOptions(
        Strategy strategy, Selection selection, OutlierEjection ejection, Optional<Probing> probing) {
    /** Refuses null. */
    public BalancerOptions {
        requireNonNull(strategy, "strategy");
        requireNonNull(selection, "selection");
        requireNonNull(ejection, "ejection");
        requireNonNull(probing, "probing");
    }

    /** The default options with this strategy. */
    public static BalancerOptions of(Strategy strategy) {
        return new BalancerOptions(strategy, Selection.USABLE, OutlierEjection.DEFAULT, Optional.empty());
    }

    /** These options for other instances of the service, such as those of a cluster. */
    public BalancerOptions withSelection(Selection other) {
        return new BalancerOptions(strategy, other, ejection, probing);
    }

    /** These options with another rule for instances that fail. */
    public BalancerOptions withEjection(OutlierEjection other) {
        return new BalancerOptions(strategy, selection, other, probing);
    }

    /** These options, probing the instances. */
    public BalancerOptions withProbing(Probing how) {
        return new BalancerOptions(strategy, selection, ejection, Optional.of(how));
    }
}
