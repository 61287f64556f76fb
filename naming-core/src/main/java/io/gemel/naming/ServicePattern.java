package io.gemel.naming;

/**
 * Which services someone wants to know the names of.
 *
 * @param namespace exactly this one
 * @param group exactly this one; empty for all groups
 * @param namePrefix what the names begin with; empty for all names
 */
public record ServicePattern(String namespace, String group, String namePrefix) {
    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part has other characters than names have. */
    public ServicePattern {
        Limits.name("namespace", namespace);
        if (!group.isEmpty()) {
            Limits.name("group", group);
        }
        if (!namePrefix.isEmpty()) {
            Limits.name("name_prefix", namePrefix);
        }
    }

    /** Whether {@code service} is one of them. */
    public boolean matches(ServiceId service) {
        return service.name().startsWith(namePrefix)
                && service.namespace().equals(namespace)
                && (group.isEmpty() || service.group().equals(group));
    }

    /** Sorts before all that match, or is the first of them. */
    ServiceId lowest() {
        return ServiceId.lowest(namespace, group);
    }

    @Override
    public String toString() {
        return namespace + "/" + (group.isEmpty() ? "*" : group) + "/" + namePrefix + "*";
    }
}
