package io.gemel.bootstrap;

import io.gemel.naming.Member;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Who a node is. Kept in its data directory, because a node is its data: what it voted for and what it acknowledged.
 *
 * @param nodeId unique in the cluster
 * @param clusterName the cluster it belongs to
 * @param members the ids of the cluster's nodes, sorted; their addresses may change
 * @param incarnation grows by one with each start; on disk before anybody sees it, so that it never repeats. It begins with the
 *     time of the first start, in seconds, so that a node whose directory was lost is not taken for an older one than it was
 */
record NodeIdentity(String nodeId, String clusterName, String members, long incarnation) {
    private static final int FORMAT = 1;
    private static final Pattern COUNTER = Pattern.compile("\\d{1,18}");

    /** The identity kept in {@code path}; empty if the directory is unused. Throws {@link StartRefused} if it cannot be understood. */
    static Optional<NodeIdentity> kept(Path path) {
        return DataDir.read(path).map(entries -> read(path, entries));
    }

    /**
     * The id this node goes by: what is set, else what its directory says, else (without members) a new one. Throws
     * {@link StartRefused} if both are there and differ, or if it is one of the members and nobody says which.
     */
    static String nodeId(Settings settings, Optional<NodeIdentity> kept) {
        Path path = settings.value(Setting.DATA_DIR);
        Optional<String> set = settings.value(Setting.NODE_ID);
        if (kept.isPresent()) {
            String owner = kept.get().nodeId();
            if (set.isPresent() && !set.get().equals(owner)) {
                throw DataDir.refuse(
                        path,
                        "belongs to node %s, this is node %s".formatted(owner, set.get()),
                        "start it with --node-id=%s, or give this node a directory of its own".formatted(owner));
            }
            return owner;
        }
        List<Member> members = settings.value(Setting.MEMBERS);
        if (set.isEmpty() && !members.isEmpty()) {
            List<String> ids = members.stream().map(Member::id).toList();
            throw settings.refuse(Setting.NODE_ID, "expected: the one of %s that this node is".formatted(ids));
        }
        return set.orElseGet(() -> "n-" + UUID.randomUUID().toString().substring(0, 8));
    }

    /**
     * Claims {@code dir} for the node of {@code config}, in its next incarnation. Throws {@link StartRefused} if the
     * directory is another node's, another cluster's or was made with other members.
     */
    static NodeIdentity claim(DataDir dir, ServerConfig config, InstantSource clock) {
        Optional<NodeIdentity> kept = kept(dir.path());
        String members =
                config.members().all().stream().map(Member::id).sorted().collect(Collectors.joining(","));
        kept.ifPresent(before -> before.check(dir.path(), config, members));
        NodeIdentity now = new NodeIdentity(
                config.self().id(),
                config.clusterName(),
                members,
                kept.map(before -> before.incarnation() + 1)
                        .orElseGet(() -> clock.instant().getEpochSecond()));
        dir.write(Map.of(
                "format", Integer.toString(FORMAT),
                "node-id", now.nodeId(),
                "cluster-name", now.clusterName(),
                "members", now.members(),
                "incarnation", Long.toString(now.incarnation())));
        return now;
    }

    private void check(Path path, ServerConfig config, String newMembers) {
        if (!nodeId.equals(config.self().id())) {
            throw DataDir.refuse(
                    path,
                    "belongs to node %s, this is node %s"
                            .formatted(nodeId, config.self().id()),
                    "give this node a directory of its own");
        }
        if (!clusterName.equals(config.clusterName())) {
            throw DataDir.refuse(
                    path,
                    "belongs to cluster %s, this is cluster %s".formatted(clusterName, config.clusterName()),
                    "start it with --cluster-name=%s, or name another directory".formatted(clusterName));
        }
        if (!members.equals(newMembers)) {
            throw DataDir.refuse(
                    path,
                    "was made for the members %s, this cluster has %s".formatted(members, newMembers),
                    "start with nodes of the same ids; their addresses may change, who they are may not");
        }
    }

    private static NodeIdentity read(Path path, Map<String, String> entries) {
        String format = entry(path, entries, "format");
        if (!format.equals(Integer.toString(FORMAT))) {
            throw DataDir.refuse(
                    path,
                    "has format %s; this version of Gemel reads format %d".formatted(format, FORMAT),
                    "start it with the version of Gemel that wrote it, or a newer one");
        }
        String incarnation = entry(path, entries, "incarnation");
        if (!COUNTER.matcher(incarnation).matches()) {
            throw damaged(path, "incarnation is '" + incarnation + "' (expected: a number)");
        }
        return new NodeIdentity(
                entry(path, entries, "node-id"),
                entry(path, entries, "cluster-name"),
                entry(path, entries, "members"),
                Long.parseLong(incarnation));
    }

    private static String entry(Path path, Map<String, String> entries, String key) {
        if (!entries.containsKey(key)) {
            throw damaged(path, key + " is missing");
        }
        return Objects.requireNonNull(entries.get(key));
    }

    private static StartRefused damaged(Path path, String what) {
        return DataDir.refuse(
                path, "has a damaged %s: %s".formatted(DataDir.IDENTITY_FILE, what), DataDir.restore(path));
    }
}
