package io.gemel.transport.nacos;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import java.util.Set;

/**
 * Which instances of a service a Nacos client asks for.
 *
 * @param clusters the list of clusters as the client sent it, which is what it wants to read again; empty for all
 * @param clusterNames the registry's names of these
 * @param healthyOnly whether unhealthy ones are left out
 */
record Selection(String clusters, Set<String> clusterNames, boolean healthyOnly) {
    /** Every enabled instance that the service's selector does not leave out. */
    static final Selection ALL = new Selection("", Set.of(), false);

    /** Throws {@code BAD_REQUEST} for a cluster that can be none. */
    static Selection of(String clusters, boolean healthyOnly) {
        return clusters.isEmpty() && !healthyOnly
                ? ALL
                : new Selection(clusters, Names.clusters(clusters), healthyOnly);
    }

    /** Whether {@code registration} is one of them; what a selector leaves out never is. */
    boolean covers(Registration registration) {
        Instance instance = registration.instance();
        return instance.enabled()
                && !registration.unselected()
                && (instance.healthy() || !healthyOnly)
                && (clusterNames.isEmpty()
                        || clusterNames.contains(instance.key().cluster()));
    }

    /** Whether it takes all that there are to take, as most do. */
    boolean isAll() {
        return clusterNames.isEmpty() && !healthyOnly;
    }
}
