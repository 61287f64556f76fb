package io.gemel.it.faults.stage;

import io.gemel.it.faults.worker.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Hosts that are network namespaces, joined by a bridge in the harness's own namespace. So all faults are set in one place, and
 * the harness reaches every host whatever is cut.
 *
 * <p>Host i is 10.77.0.i and, for when its server moves, 10.77.0.200+i; a client's host is 10.77.0.100+i, the harness 10.77.0.254. The
 * namespaces are kept by mounts that only the harness's mount namespace has, and that end with it.
 */
final class NsNetwork implements Wiring {
    private static final String BRIDGE = "faults";
    private static final String RANGE = "10.77.0.";
    private static final int HARNESS = 254;
    private static final Ports PORTS = new Ports(9848, 9849, 7848);
    private static final int SECOND = 200;
    private static final int SERVERS_MAX = 50;

    /** Then a server is where it was at first. */
    private static final int MOVES = 400;

    private final Path dir;
    private final LinkRules rules;
    private final Map<String, Path> hosts = new LinkedHashMap<>();
    private final Map<String, Integer> moves = new ConcurrentHashMap<>();
    private Set<String> slowed = Set.of();

    private NsNetwork(Path dir) {
        this.dir = dir;
        this.rules = LinkRules.make(this::prefix);
    }

    /** Why there can be none here; empty if there can. */
    static Optional<String> unavailable() {
        if (!PrivateNamespace.inside()) {
            return Optional.of("the harness runs in no private namespace");
        }
        for (List<String> needed : List.of(List.of("ip", "-V"), List.of("nsenter", "-V"))) {
            if (!Tool.attempt(needed, "").well()) {
                return Optional.of("'" + needed.get(0) + "' is missing; install iproute2 and util-linux");
            }
        }
        return Optional.empty();
    }

    /** A network of these servers; its mounts are below {@code dir}. One at a time in a private namespace. */
    static NsNetwork make(List<String> servers, Path dir) {
        NsNetwork network = new NsNetwork(dir.resolve("hosts"));
        boolean whole = false;
        try {
            network.build(servers);
            whole = true;
            return network;
        } finally {
            if (!whole) {
                network.close();
            }
        }
    }

    private void build(List<String> servers) {
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tool.run(List.of("mount", "-t", "tmpfs", "hosts", dir.toString()));
        ip(List.of(), """
                link set lo up
                link add %1$s type bridge
                addr add %2$s/24 dev %1$s
                link set %1$s up
                """.formatted(BRIDGE, address(HARNESS)));
        servers.forEach(this::addHost);
    }

    private void addHost(String host) {
        int number = Wiring.numberOf(host);
        Path namespace = dir.resolve(host);
        try {
            Files.createFile(namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Tool.run(List.of("unshare", "--net=" + namespace, "true"));
        hosts.put(host, namespace);
        ip(List.of(), """
                link add %1$s type veth peer name eth0 netns %2$s
                link set %1$s master %3$s up
                """.formatted(LinkRules.port(host), namespace, BRIDGE));
        ip(prefix(host), """
                link set lo up
                addr add %s/24 dev eth0
                link set eth0 up
                """.formatted(address(number)));
        if (addressesOf(host).size() > 1) {
            ip(prefix(host), "addr add %s/24 dev eth0\n".formatted(address(SECOND + number)));
        }
    }

    private static void ip(List<String> prefix, String batch) {
        Tool.run(LinkRules.with(prefix, List.of("ip", "-batch", "-")), batch);
    }

    private static String address(int number) {
        return RANGE + number;
    }

    /** All addresses of {@code host}, wherever on it its server listens now. */
    static List<String> addressesOf(String host) {
        int number = Wiring.numberOf(host);
        return number <= SERVERS_MAX ? List.of(address(number), address(SECOND + number)) : List.of(address(number));
    }

    @Override
    public String kind() {
        return "namespaces";
    }

    @Override
    public String address(String server) {
        int number = Wiring.numberOf(server);
        // Every other move is one of ports alone.
        boolean second = (moves.getOrDefault(server, 0) + 1) / 2 % 2 == 1;
        return address(second ? SECOND + number : number);
    }

    @Override
    public String memberHost(String server) {
        return address(server);
    }

    @Override
    public Ports ports(String server) {
        int moved = moves.getOrDefault(server, 0);
        return new Ports(PORTS.client(), PORTS.server() + 10 * moved, PORTS.raft() - 10 * moved);
    }

    @Override
    public void move(String server) {
        moves.merge(server, 1, (before, one) -> (before + one) % MOVES);
    }

    @Override
    public synchronized void addServer(String host) {
        if (Wiring.numberOf(host) > SERVERS_MAX) {
            throw new IllegalStateException("host: " + host + " (expected: s1..s" + SERVERS_MAX + ", as addresses go)");
        }
        addHost(host);
    }

    @Override
    public synchronized void addClient(String host) {
        if (!hosts.containsKey(host)) {
            addHost(host);
        }
    }

    @Override
    public List<String> jvmOptions(String host) {
        return List.of();
    }

    /** {@code ip netns exec} would make a mount namespace as well, which keeps alive what the harness unmounts. */
    @Override
    public List<String> prefix(String host) {
        return List.of("nsenter", "--net=" + dir.resolve(host));
    }

    @Override
    public WorkerProcess.Addresses addresses(String host) {
        return new WorkerProcess.Addresses() {
            @Override
            public String there(String address) {
                return address;
            }

            @Override
            public String here(String address) {
                return address;
            }
        };
    }

    @Override
    public void cut(Set<Link> links) {
        rules.cut(links);
    }

    @Override
    public void lose(int percent, Set<Link> links) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("percent: " + percent + " (expected: 0..100)");
        }
        rules.lose(percent, links);
    }

    @Override
    public void delay(Duration delay, Duration jitter, Set<Link> links) {
        if (!links.isEmpty()) {
            throw new UnsupportedOperationException("delays need the network of proxies (many kernels have no netem)");
        }
    }

    @Override
    public synchronized void slow(long bytesPerSecond, Set<String> slow) {
        for (String host : slowed) {
            Tool.run(LinkRules.with(prefix(host), List.of("tc", "qdisc", "del", "dev", "eth0", "root")));
        }
        slowed = Set.of();
        for (String host : slow) {
            Tool.Ended ended = Tool.attempt(LinkRules.with(prefix(host), tokens(bytesPerSecond)), "");
            if (!ended.well()) {
                throw new UnsupportedOperationException(
                        "tc cannot slow a link: " + ended.output().strip());
            }
        }
        slowed = Set.copyOf(slow);
    }

    /** Lets little through at once, and holds what waits for less than a second, as a router does. */
    private static List<String> tokens(long bytesPerSecond) {
        long burst = Math.max(3_000, bytesPerSecond / 20);
        return List.of(
                "tc",
                "qdisc",
                "add",
                "dev",
                "eth0",
                "root",
                "tbf",
                "rate",
                bytesPerSecond * 8 + "bit",
                "burst",
                burst + "b",
                "latency",
                "500ms");
    }

    @Override
    public void reset(Set<Link> links) {
        for (Link link : links) {
            used(link.to()).forEach(address -> kill(link.from(), address));
            used(link.from()).forEach(address -> kill(link.to(), address));
        }
    }

    private List<String> used(String host) {
        return moves.containsKey(host) ? addressesOf(host) : List.of(address(Wiring.numberOf(host)));
    }

    private void kill(String host, String address) {
        Tool.Ended ended = Tool.attempt(LinkRules.with(prefix(host), List.of("ss", "-K", "-t", "dst", address)), "");
        if (!ended.well() || ended.output().contains("RTNETLINK")) {
            throw new UnsupportedOperationException(
                    "ss cannot end connections: " + ended.output().strip());
        }
    }

    @Override
    public synchronized void heal() {
        rules.cut(Set.of());
        rules.lose(0, Set.of());
        slow(1, Set.of());
    }

    /** The hosts' processes must have ended: a namespace lives as long as one of them does. */
    @Override
    public synchronized void close() {
        rules.close();
        for (String host : hosts.keySet()) {
            var unused = Tool.attempt(List.of("ip", "link", "del", LinkRules.port(host)), "");
        }
        hosts.clear();
        var unused = Tool.attempt(List.of("ip", "link", "del", BRIDGE), "");
        for (Path namespace : mounts()) {
            Tool.run(List.of("umount", namespace.toString()));
        }
        try {
            Files.deleteIfExists(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is mounted below the directory, the last first. */
    private List<Path> mounts() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
            List<Path> found = new ArrayList<>(lines.map(line -> Path.of(line.split(" ", -1)[1]))
                    .filter(path -> path.startsWith(dir))
                    .toList());
            Collections.reverse(found);
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
