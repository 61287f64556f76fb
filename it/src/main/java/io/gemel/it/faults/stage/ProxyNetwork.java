package io.gemel.it.faults.stage;

import io.gemel.bootstrap.demo.FreePorts;
import io.gemel.it.faults.worker.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hosts that are only names: every JVM has a hosts file of its own, in which each server's name is an address of the loopback
 * network where a relay listens. So each pair of hosts has its own relays, and needs no right and no kernel's help.
 *
 * <p>Server j listens at 127.R.0.j; what host x calls j is 127.R.x.j, at the same ports. A server that moves has other ports. A relay
 * sees bytes and not packets: it cannot lose some, and who connects over a cut link is kept waiting after the connection
 * rather than before it.
 */
final class ProxyNetwork implements Wiring {
    /** Hosts are named in advance for as many, because a JVM may read its file but once. */
    private static final int SERVERS_MAX = 50;

    private final Path dir;
    private final int range;
    private final Ports first;
    private final Relays relays;
    private final Map<String, Ports> servers = new ConcurrentHashMap<>();
    private final Set<String> clients = new HashSet<>();

    private ProxyNetwork(Path dir) throws IOException {
        this.dir = Files.createDirectories(dir.resolve("hosts"));
        this.range = ThreadLocalRandom.current().nextInt(16, 250);
        List<Integer> free = FreePorts.loopback(3);
        this.first = new Ports(free.get(0), free.get(1), free.get(2));
        this.relays = new Relays();
    }

    /** A network of these servers. Throws {@link IllegalStateException} where addresses of the loopback network cannot be had. */
    static ProxyNetwork make(List<String> servers, Path dir) {
        try {
            ProxyNetwork network = new ProxyNetwork(dir);
            boolean whole = false;
            try {
                servers.forEach(network::addServer);
                whole = true;
                return network;
            } finally {
                if (!whole) {
                    network.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void addServer(String host) {
        if (Wiring.numberOf(host) > SERVERS_MAX) {
            throw new IllegalStateException("host: " + host + " (expected: s1..s" + SERVERS_MAX + ")");
        }
        writeHosts(host);
        for (String other : servers.keySet()) {
            connect(host, other, ports(other));
            connect(other, host, first);
        }
        clients.forEach(client -> relay(client, host, first.client()));
        servers.put(host, first);
    }

    /** A server calls another one at the client port too, when it asks to join. */
    private void connect(String from, String to, Ports at) {
        relay(from, to, at.client());
        relay(from, to, at.server());
        relay(from, to, at.raft());
    }

    @Override
    public synchronized void addClient(String host) {
        if (clients.add(host)) {
            writeHosts(host);
            servers.keySet().forEach(server -> relay(host, server, first.client()));
        }
    }

    @Override
    public synchronized void move(String server) {
        List<Integer> free = FreePorts.loopback(2);
        Ports now = new Ports(first.client(), free.get(0), free.get(1));
        for (String other : servers.keySet()) {
            if (!other.equals(server)) {
                relay(other, server, now.server());
                relay(other, server, now.raft());
            }
        }
        servers.put(server, now);
    }

    private void relay(String from, String to, int port) {
        relays.listen(
                new Link(from, to),
                new InetSocketAddress(seen(from, to), port),
                new InetSocketAddress(address(to), port));
    }

    /** What {@code from} calls {@code to}. */
    private String seen(String from, String to) {
        return from.equals(to)
                ? address(to)
                : "127.%d.%d.%d".formatted(range, Wiring.numberOf(from), Wiring.numberOf(to));
    }

    private void writeHosts(String host) {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
        for (int number = 1; number <= SERVERS_MAX; number++) {
            String server = "s" + number;
            text.append(seen(host, server)).append(' ').append(server).append('\n');
        }
        if (host.startsWith("c")) {
            text.append("127.0.0.1 ").append(host).append('\n');
        }
        // A JVM that cannot look up its own machine's name waits or complains.
        machine().ifPresent(name -> text.append("127.0.0.1 ").append(name).append('\n'));
        try {
            Files.writeString(hostsFile(host), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> machine() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException nameless) {
            return Optional.empty();
        }
    }

    private Path hostsFile(String host) {
        return dir.resolve(host);
    }

    @Override
    public String kind() {
        return "proxies";
    }

    @Override
    public String address(String server) {
        return "127.%d.0.%d".formatted(range, Wiring.numberOf(server));
    }

    @Override
    public String memberHost(String server) {
        return server;
    }

    @Override
    public Ports ports(String server) {
        return servers.getOrDefault(server, first);
    }

    @Override
    public List<String> jvmOptions(String host) {
        return List.of("-Djdk.net.hosts.file=" + hostsFile(host));
    }

    @Override
    public List<String> prefix(String host) {
        return List.of();
    }

    @Override
    public WorkerProcess.Addresses addresses(String host) {
        return new WorkerProcess.Addresses() {
            @Override
            public String there(String address) {
                return servers.keySet().stream()
                        .filter(server -> address.equals(address(server) + ":" + first.client()))
                        .map(server -> server + ":" + first.client())
                        .findFirst()
                        .orElse(address);
            }

            @Override
            public String here(String address) {
                return servers.keySet().stream()
                        .filter(server -> address.equals(server + ":" + first.client()))
                        .map(server -> address(server) + ":" + first.client())
                        .findFirst()
                        .orElse(address);
            }
        };
    }

    @Override
    public void cut(Set<Link> links) {
        relays.change(faults -> faults.cut(links));
    }

    @Override
    public void lose(int percent, Set<Link> links) {
        throw new UnsupportedOperationException("relays see bytes, not packets; loss needs network namespaces");
    }

    @Override
    public void delay(Duration delay, Duration jitter, Set<Link> links) {
        relays.change(faults -> faults.delay(delay, jitter, links));
    }

    @Override
    public void slow(long bytesPerSecond, Set<String> hosts) {
        relays.change(faults -> faults.slow(bytesPerSecond, hosts));
    }

    @Override
    public void reset(Set<Link> links) {
        relays.reset(links);
    }

    @Override
    public void heal() {
        relays.change(faults -> LinkFaults.NONE);
    }

    @Override
    public void close() {
        relays.close();
    }
}
