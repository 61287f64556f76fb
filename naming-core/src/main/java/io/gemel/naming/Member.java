package io.gemel.naming;

/**
 * A node of the cluster.
 *
 * @param id its identity, kept in its data directory; its addresses may change, its id does not
 * @param host where its ports are reached
 * @param raftPort for Raft
 * @param serverPort for Distro and forwarded writes
 * @param clientPort for clients
 */
public record Member(String id, String host, int raftPort, int serverPort, int clientPort) {
    /**
     * This member, once what people wrote of it is checked: throws {@link RegistryException} with {@code BAD_REQUEST} unless the id is one, the
     * host an address or a name, and the three ports 1..65535 and different.
     */
    public Member checked() {
        Limits.nodeId("id", id);
        Limits.host("host", host);
        Limits.port("client_port", clientPort);
        Limits.port("server_port", serverPort);
        Limits.port("raft_port", raftPort);
        if (clientPort == serverPort || serverPort == raftPort || raftPort == clientPort) {
            throw Limits.refuse(
                    "ports: client %d, server %d, raft %d (expected: three different ones)",
                    clientPort, serverPort, raftPort);
        }
        return this;
    }

    /** {@code id}, if it has the form of a member's; else throws {@link RegistryException} with {@code BAD_REQUEST} that names {@code field}. */
    public static String checkedId(String field, String id) {
        Limits.nodeId(field, id);
        return id;
    }

    /** {@code host}, if it is an address or a name; else throws {@link RegistryException} with {@code BAD_REQUEST} that names {@code field}. */
    public static String checkedHost(String field, String host) {
        Limits.host(field, host);
        return host;
    }

    /** host:port of the client door. */
    public String clientAddress() {
        return hostText() + ":" + clientPort;
    }

    /** host:port of the door for other servers. */
    public String serverAddress() {
        return hostText() + ":" + serverPort;
    }

    private String hostText() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}
