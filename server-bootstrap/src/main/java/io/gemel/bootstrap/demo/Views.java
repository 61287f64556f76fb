package io.gemel.bootstrap.demo;

import io.gemel.bootstrap.cli.ClusterView;
import io.gemel.bootstrap.cli.Table;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What each running node lists, held against what it should list. Not thread-safe. */
final class Views implements AutoCloseable {
    private final LocalCluster cluster;
    private final ServiceId service;
    private final Map<String, NodeProbe> probes = new LinkedHashMap<>();

    Views(LocalCluster cluster, ServiceId service) {
        this.cluster = cluster;
        this.service = service;
        cluster.servers().forEach(server -> probes.put(server.id(), new NodeProbe(server.clientAddress())));
    }

    /** To ask one node alone. */
    NodeProbe probe(ServerProcess server) {
        NodeProbe probe = probes.get(server.id());
        if (probe == null) {
            throw new IllegalArgumentException(server.id() + " is no node of this cluster");
        }
        return probe;
    }

    /**
     * Waits until every running node lists exactly {@code expected}.
     *
     * @param never what must not be missing from any answer on the way
     */
    Duration untilEverywhere(String promise, Duration atMost, Set<Instance> expected, Set<Instance> never) {
        return Patience.until(promise, atMost, () -> {
            List<String> missing = new ArrayList<>();
            for (ServerProcess server : cluster.running()) {
                check(promise, server, expected, never).ifPresent(missing::add);
            }
            return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing));
        });
    }

    private Optional<String> check(String promise, ServerProcess server, Set<Instance> expected, Set<Instance> never) {
        try {
            Set<Instance> listed = Set.copyOf(probe(server).instances(service, ReadLevel.LOCAL));
            if (!listed.containsAll(never)) {
                throw new BrokenPromise("%s: on the way %s listed only %s, without one of %s"
                        .formatted(promise, server.id(), names(listed), names(never)));
            }
            return listed.equals(expected)
                    ? Optional.empty()
                    : Optional.of("%s lists %s (expected: %s)".formatted(server.id(), names(listed), names(expected)));
        } catch (RegistryException refusal) {
            return Optional.of(server.id() + " refuses: " + refusal.code() + " " + refusal.getMessage());
        }
    }

    /** Checks that a linearizable read at every running node lists {@code instance} now. */
    void linearizable(String promise, Instance instance) {
        for (ServerProcess server : cluster.running()) {
            List<Instance> listed = probe(server).instances(service, ReadLevel.LINEARIZABLE);
            if (!listed.contains(instance)) {
                throw new BrokenPromise("%s: %s lists %s".formatted(promise, server.id(), names(Set.copyOf(listed))));
            }
        }
    }

    /** Waits until all running nodes have equal digests and state hashes. */
    Duration untilAgreed(String promise, Duration atMost) {
        return Patience.until(promise, atMost, () -> {
            try {
                List<String> differences = status().differences();
                return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
            } catch (RegistryException refusal) {
                return Optional.of(refusal.code() + " " + refusal.getMessage());
            }
        });
    }

    /** What all running nodes say of themselves. */
    ClusterView status() {
        return new ClusterView(cluster.running().stream()
                .map(server -> ClusterView.answered(
                        server.clientAddress(), probe(server).status()))
                .toList());
    }

    /** The node that leads; waits for one. */
    ServerProcess leader() {
        Patience.until("a leader is elected", Duration.ofSeconds(20), () -> {
            try {
                return status().leader().isPresent() ? Optional.empty() : Optional.of("nobody leads");
            } catch (RegistryException refusal) {
                return Optional.of(String.valueOf(refusal.getMessage()));
            }
        });
        return cluster.server(status().leader().orElseThrow().nodeId());
    }

    /** A row per instance, a column per running node. */
    Table table() {
        Map<String, Set<Instance>> listed = new LinkedHashMap<>();
        Set<String> rows = new TreeSet<>();
        List<String> titles = new ArrayList<>(List.of(service.name()));
        for (ServerProcess server : cluster.running()) {
            Set<Instance> instances = Set.copyOf(probe(server).instances(service, ReadLevel.LOCAL));
            listed.put(server.id(), instances);
            titles.add("on " + server.id());
            instances.forEach(instance -> rows.add(name(instance)));
        }
        Table table = new Table(titles.toArray(String[]::new));
        for (String row : rows) {
            List<String> cells = new ArrayList<>(List.of(row));
            listed.values()
                    .forEach(instances -> cells.add(
                            instances.stream()
                                            .anyMatch(instance -> name(instance).equals(row))
                                    ? "yes"
                                    : "-"));
            table.row(cells.toArray());
        }
        return table;
    }

    private static String names(Set<Instance> instances) {
        return instances.stream().map(Views::name).sorted().collect(Collectors.joining(", ", "[", "]"));
    }

    private static String name(Instance instance) {
        return instance.key() + (instance.durability() == Durability.EPHEMERAL ? " ephemeral" : " persistent");
    }

    @Override
    public void close() {
        probes.values().forEach(NodeProbe::close);
    }
}
