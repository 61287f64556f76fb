package io.gemel.naming;

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

    /** Throws {@link RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
    public InstanceKey {
        Limits.host("ip", ip);
        Limits.port("port", port);
        Limits.name("cluster", cluster);
    }

    /** By address, port and cluster; written out because indexes do little else. */
    @Override
    public int compareTo(InstanceKey other) {
        int order = compareTo(other.ip, other.port);
        return order == 0 ? cluster.compareTo(other.cluster) : order;
    }

    /** By address and port alone. */
    int compareTo(String otherIp, int otherPort) {
        int order = ip.compareTo(otherIp);
        return order == 0 ? Integer.compare(port, otherPort) : order;
    }

    /** Whether it is this address and port, in whichever cluster. */
    boolean isAt(String otherIp, int otherPort) {
        return port == otherPort && ip.equals(otherIp);
    }

    /** Written out as {@link #compareTo} is. */
    @Override
    public boolean equals(Object other) {
        return other instanceof InstanceKey that
                && port == that.port
                && ip.equals(that.ip)
                && cluster.equals(that.cluster);
    }

    @Override
    public int hashCode() {
        return (ip.hashCode() * 31 + port) * 31 + cluster.hashCode();
    }

    @Override
    public String toString() {
        String address = (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
        return cluster.equals(DEFAULT_CLUSTER) ? address : address + "@" + cluster;
    }
}
