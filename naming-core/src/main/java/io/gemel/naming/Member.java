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
