package io.gemel.naming;

import java.util.Comparator;

/**
 * What identifies an instance within its service.
 *
 * @param ip an IPv4 or IPv6 address, or a host name
 * @param port 1..65535
 * @param cluster a part of the service, such as a zone
 */
public record InstanceKey(String ip, int port, String cluster) implements Comparable<InstanceKey> {
    /** The cluster when none is given. */
    public static final String DEFAULT_CLUSTER = "DEFAULT";

    private static final Comparator<InstanceKey> ORDER = Comparator.comparing(InstanceKey::ip)
            .thenComparingInt(InstanceKey::port)
            .thenComparing(InstanceKey::cluster);

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public InstanceKey {
        Limits.host("ip", ip);
        Limits.port("port", port);
        Limits.name("cluster", cluster);
    }

    @Override
    public int compareTo(InstanceKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String address = (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
        return cluster.equals(DEFAULT_CLUSTER) ? address : address + "@" + cluster;
    }
}
