package io.gemel.transport.nacos;

import io.gemel.naming.Instance;
import java.util.Set;

/**
 * Which instances of a service a Nacos client asks for.
 *
 * @param clusters the list of clusters as the client sent it, which is what it wants to read again; empty for all
 * @param clusterNames the registry's names of these
 * @param healthyOnly whether unhealthy ones are left out
 */
record Selection(String clusters, Set<String> clusterNames, boolean healthyOnly) {
    /** Every enabled instance. */
    static final Selection ALL = new Selection("", Set.of(), false);

    /** Throws {@code BAD_REQUEST} for a cluster that can be none. */
    static Selection of(String clusters, boolean healthyOnly) {
        return clusters.isEmpty() && !healthyOnly
                ? ALL
                : new Selection(clusters, Names.clusters(clusters), healthyOnly);
    }

    /** Whether {@code instance} is one of them. */
    boolean covers(Instance instance) {
        return instance.enabled()
                && (instance.healthy() || !healthyOnly)
                && (clusterNames.isEmpty()
                        || clusterNames.contains(instance.key().cluster()));
    }

    /** Whether it takes every enabled instance, as most do. */
    boolean isAll() {
        return clusterNames.isEmpty() && !healthyOnly;
    }
}
