package io.gemel.client;

import static java.util.Objects.requireNonNull;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceView;
import java.util.List;
import java.util.Set;

/**
 * Which of a service's instances a caller wants. Immutable.
 *
 * @param usableOnly whether to leave out those that are disabled, unhealthy, of weight 0 or {@linkplain Registration#unselected not selected} by
 *     the service's selector. Unhealthy ones are left in while so few are
 *     healthy that {@link ServiceView#protectionReached}; of those that are left, {@linkplain Registration#suspect suspect} ones only
 *     then, or if there are no others
 * @param clusters the clusters to choose from; empty for all
 */
public record Selection(boolean usableOnly, Set<String> clusters) {
    /** Every instance, whatever its state. */
    public static final Selection ALL = new Selection(false, Set.of());

    /** The instances that should be sent traffic, of all clusters. */
    public static final Selection USABLE = new Selection(true, Set.of());

    /** Refuses null, and copies the set. */
    public Selection {
        clusters = Set.copyOf(clusters);
    }

    /** The instances that should be sent traffic in one of these clusters. */
    public static Selection usableIn(String... clusters) {
        return new Selection(true, Set.of(clusters));
    }

    /** The wanted instances of {@code view}, sorted by key. */
    public List<Instance> of(ServiceView view) {
        requireNonNull(view, "view");
        boolean all = view.protectionReached();
        List<Registration> wanted = view.registrations().stream()
                .filter(registration -> !usableOnly || !registration.unselected())
                .filter(registration ->
                        matches(all ? registration.instance().withHealthy(true) : registration.instance()))
                .toList();
        boolean choosy = usableOnly && !all && wanted.stream().anyMatch(registration -> !registration.suspect());
        return wanted.stream()
                .filter(registration -> !choosy || !registration.suspect())
                .map(Registration::instance)
                .toList();
    }

    /** Whether {@code instance} is wanted, taken by itself. */
    public boolean matches(Instance instance) {
        requireNonNull(instance, "instance");
        return (!usableOnly || instance.usable())
                && (clusters.isEmpty() || clusters.contains(instance.key().cluster()));
    }
}
