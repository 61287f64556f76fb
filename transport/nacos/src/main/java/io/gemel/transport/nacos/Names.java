package io.gemel.transport.nacos;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.SharedText;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Services, groups and clusters by the names that Nacos gives them: checked by its rules and told in its words, then as the registry knows
 * them. What is left out is the default. Stateless.
 */
final class Names {
    /** Between a group and a service's own name. */
    static final String SEPARATOR = "@@";

    /** What the registry keeps; Nacos allows 512 for a service, which nobody needs. */
    private static final int NAME_LENGTH_MAX = 255;

    private static final int GROUP_LENGTH_MAX = 128;
    private static final int NAMESPACE_LENGTH_MAX = 64;
    private static final int CLUSTER_LENGTH_MAX = 64;
    private static final char CJK_FIRST = '\u4e00';
    private static final char CJK_LAST = '\u9fa5';

    private Names() {}

    /**
     * The service {@code name} of {@code group}; throws {@link RegistryException} with {@code BAD_REQUEST} as Nacos words it.
     *
     * @param namespace empty for the default
     * @param group empty for the default
     * @param name without its group
     */
    static ServiceId service(String namespace, String group, String name) {
        if (name.isBlank()) {
            throw illegal("serviceName", "it should not be blank");
        }
        if (name.startsWith("@") || name.contains(SEPARATOR) || hasSpaceOrCjk(name)) {
            throw illegalCharacters("serviceName");
        }
        return new ServiceId(namespace(namespace), group(group), escaped("serviceName", name, NAME_LENGTH_MAX));
    }

    /** As {@link #service}, of a name that may bring its group along, which then counts: {@code group@@name}, as in Nacos's API v1. */
    static ServiceId grouped(String namespace, String group, String name) {
        int separator = name.indexOf(SEPARATOR);
        return separator < 0
                ? service(namespace, group, name)
                : service(namespace, name.substring(0, separator), name.substring(separator + SEPARATOR.length()));
    }

    /** The registry's name of a namespace; empty for the default one. */
    static String namespace(String namespace) {
        if (namespace.isBlank()) {
            return ServiceId.DEFAULT_NAMESPACE;
        }
        check("namespaceId/tenant", namespace, "-");
        return SharedText.of(escaped("namespaceId/tenant", namespace, NAMESPACE_LENGTH_MAX));
    }

    /** The registry's name of a group; empty for the default one. */
    static String group(String group) {
        if (group.isBlank()) {
            return ServiceId.DEFAULT_GROUP;
        }
        check("group", group, "-:.");
        return SharedText.of(escaped("group", group, GROUP_LENGTH_MAX));
    }

    /** The registry's name of a cluster; empty for the default one. */
    static String cluster(String cluster) {
        if (cluster.isBlank()) {
            return InstanceKey.DEFAULT_CLUSTER;
        }
        check("cluster", cluster, "-");
        return SharedText.of(escaped("cluster", cluster, CLUSTER_LENGTH_MAX));
    }

    /** The registry's names of the clusters of a list with commas; none if it is empty, which means all. */
    static Set<String> clusters(String clusters) {
        return clusters.isBlank()
                ? Set.of()
                : Arrays.stream(clusters.split(",", -1))
                        .map(String::strip)
                        .filter(cluster -> !cluster.isEmpty())
                        .map(Names::cluster)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /** A service's name as Nacos knows it, without its group. */
    static String name(ServiceId service) {
        return EscapedName.unescaped(service.name());
    }

    /** The name of a service's group as Nacos knows it. */
    static String group(ServiceId service) {
        return EscapedName.unescaped(service.group());
    }

    /** The name of a service's namespace as Nacos knows it. */
    static String namespace(ServiceId service) {
        return EscapedName.unescaped(service.namespace());
    }

    /** {@code group@@name}, as Nacos knows them. */
    static String grouped(ServiceId service) {
        return group(service) + SEPARATOR + name(service);
    }

    /** The name of an instance's cluster as Nacos knows it. */
    static String cluster(InstanceKey key) {
        return EscapedName.unescaped(key.cluster());
    }

    /** A refusal in the words of Nacos's own check of parameters. */
    static RegistryException illegal(String parameter, String why) {
        return new RegistryException(
                RegistryException.Code.BAD_REQUEST, "Param '" + parameter + "' is illegal, " + why + ".");
    }

    static RegistryException tooLong(String parameter, int lengthMax) {
        return illegal(parameter, "the param length should not exceed " + lengthMax);
    }

    static RegistryException illegalCharacters(String parameter) {
        return illegal(parameter, "illegal characters should not appear in the param");
    }

    static boolean hasSpaceOrCjk(String text) {
        return text.chars().anyMatch(c -> Character.isWhitespace(c) || (c >= CJK_FIRST && c <= CJK_LAST));
    }

    private static void check(String parameter, String value, String besidesWords) {
        boolean legal = value.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '_'
                        || besidesWords.indexOf(c) >= 0);
        if (!legal) {
            throw illegalCharacters(parameter);
        }
    }

    private static String escaped(String parameter, String value, int lengthMax) {
        String escaped = EscapedName.escaped(value);
        if (value.length() > lengthMax || escaped.length() > NAME_LENGTH_MAX) {
            throw tooLong(parameter, lengthMax);
        }
        return escaped;
    }
}
