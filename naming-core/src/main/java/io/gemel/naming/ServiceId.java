package io.gemel.naming;

/**
 * Names a service. Unique in the cluster, and independent of what is registered under it.
 *
 * @param namespace separates tenants or environments; nothing is visible across namespaces
 * @param group separates services of one namespace
 * @param name the name callers look up
 */
public record ServiceId(String namespace, String group, String name) implements Comparable<ServiceId> {
    /** The namespace when none is given. */
    public static final String DEFAULT_NAMESPACE = "public";

    /** The group when none is given. */
    public static final String DEFAULT_GROUP = "DEFAULT_GROUP";

    /** Stands for all services of a namespace in what operators set. */
    private static final String WHOLE_NAMESPACE = "_namespace";

    /** Of all valid names the first: see {@link Limits}. */
    private static final String LOWEST_NAME = "0";

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is empty, over-long or has other characters than names have. */
    public ServiceId {
        Limits.name("namespace", namespace);
        Limits.name("group", group);
        Limits.name("service", name);
    }

    /** The service {@code name} in the default namespace and group. */
    public static ServiceId of(String name) {
        return new ServiceId(DEFAULT_NAMESPACE, DEFAULT_GROUP, name);
    }

    /** Under which operators set what holds for all services of {@code namespace}; nothing registers there. */
    public static ServiceId ofNamespace(String namespace) {
        return new ServiceId(namespace, DEFAULT_GROUP, WHOLE_NAMESPACE);
    }

    /** Whether this stands for all services of its namespace. */
    public boolean isNamespace() {
        return name.equals(WHOLE_NAMESPACE) && group.equals(DEFAULT_GROUP);
    }

    /** What sorts before or at every service of {@code namespace} and {@code group}; of all groups if that is empty. */
    static ServiceId lowest(String namespace, String group) {
        return new ServiceId(namespace, group.isEmpty() ? LOWEST_NAME : group, LOWEST_NAME);
    }

    /** By namespace, group and name; written out because indexes do little else. */
    @Override
    public int compareTo(ServiceId other) {
        int order = namespace.compareTo(other.namespace);
        if (order == 0) {
            order = group.compareTo(other.group);
        }
        return order == 0 ? name.compareTo(other.name) : order;
    }

    /** Written out as {@link #compareTo} is. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ServiceId that
                && name.equals(that.name)
                && group.equals(that.group)
                && namespace.equals(that.namespace);
    }

    @Override
    public int hashCode() {
        return (namespace.hashCode() * 31 + group.hashCode()) * 31 + name.hashCode();
    }

    @Override
    public String toString() {
        return namespace + "/" + group + "/" + name;
    }
}
