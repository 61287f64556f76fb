package io.gemel.it;

import io.gemel.bootstrap.demo.FreePorts;
import io.gemel.bootstrap.demo.NodeProbe;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server that can be started, ended in any way and started again, on ports and a data directory that stay.
 *
 * <p>Where the tour's own server processes run the classes of their parent with flags alone, this runs the packaged jar in a
 * working directory and an environment of its own.
 */
final class Node implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    private final String id;
    private final Path dir;
    private final int clientPort;
    private final int serverPort;
    private final int raftPort;
    private final ManagedChannel channel;
    private final NodeProbe probe;
    private List<String> arguments = List.of();
    private Optional<GemelProcess> process = Optional.empty();
    private int starts;

    /** A node that is not running yet, with its directory and logs in {@code dir}. */
    Node(String id, Path dir) {
        List<Integer> ports = FreePorts.loopback(3);
        this.id = id;
        this.dir = dir;
        this.clientPort = ports.get(0);
        this.serverPort = ports.get(1);
        this.raftPort = ports.get(2);
        this.channel =
                NettyChannelBuilder.forAddress(HOST, clientPort).usePlaintext().build();
        this.probe = new NodeProbe(address());
    }

    /** As the setting {@code members} has it. */
    String member() {
        return "%s=%s:%d/%d/%d".formatted(id, HOST, clientPort, serverPort, raftPort);
    }

    /** The flags that make it what it is; used at every start. */
    void configure(List<String> flags) {
        arguments = List.copyOf(flags);
    }

    /** The ports, for a server that is not told its members. */
    Map<String, String> portVariables() {
        return Map.of(
                "GEMEL_CLIENT_PORT", Integer.toString(clientPort),
                "GEMEL_SERVER_PORT", Integer.toString(serverPort),
                "GEMEL_RAFT_PORT", Integer.toString(raftPort));
    }

    String id() {
        return id;
    }

    Path dir() {
        return dir;
    }

    Path dataDir() {
        return dir.resolve("data");
    }

    int clientPort() {
        return clientPort;
    }

    int serverPort() {
        return serverPort;
    }

    int raftPort() {
        return raftPort;
    }

    /** Where it serves Nacos's HTTP API: as far below its client port as Nacos clients think. */
    int httpPort() {
        return clientPort - 1_000;
    }

    /** Where a node listens on {@code port}. */
    static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** host:port of its client door. */
    String address() {
        return HOST + ":" + clientPort;
    }

    /** A channel to its client door; it connects again by itself when the node is back. */
    ManagedChannel channel() {
        channel.resetConnectBackoff();
        return channel;
    }

    /** Starts it without waiting until it is ready. */
    void start() {
        starts++;
        List<String> command = new ArrayList<>(List.of("server"));
        command.addAll(arguments);
        Map<String, String> environment = arguments.isEmpty() ? portVariables() : Map.of();
        process = Optional.of(GemelProcess.start(dir, dir.resolve("start-" + starts), environment, command));
    }

    /** Waits until it says that it is ready. */
    void awaitReady() {
        process().awaitOut("gemel ready");
    }

    boolean running() {
        return process.filter(GemelProcess::alive).isPresent();
    }

    /** SIGKILL. */
    void kill() {
        process().close();
    }

    /** SIGTERM; returns the exit code. */
    int terminate(Duration limit) {
        return process().terminate(limit);
    }

    GemelProcess process() {
        return process.orElseThrow(() -> new IllegalStateException(id + " was not started"));
    }

    /** What it says of itself; empty if it does not answer. */
    Optional<NodeStatus> status() {
        try {
            return Optional.of(probe.status());
        } catch (RegistryException unreachable) {
            return Optional.empty();
        }
    }

    /** What this node, and no other, lists now. */
    List<Instance> instances(ServiceId service) {
        return instances(service, ReadLevel.LOCAL);
    }

    /** What this node, and no other, answers at that level. */
    List<Instance> instances(ServiceId service, ReadLevel level) {
        return probe.instances(service, level);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        probe.close();
        process.ifPresent(GemelProcess::close);
    }

    @Override
    public String toString() {
        return id;
    }
}
