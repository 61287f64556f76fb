package io.gemel.bootstrap;

import io.gemel.naming.Member;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who a node is. Kept in its data directory, because a node is its data: what it voted for and what it acknowledged.
 *
 * @param nodeId unique in the cluster
 * @param clusterName the cluster it belongs to
 * @param incarnation grows by one with each start; on disk before anybody sees it, so that it never repeats. It begins with the
 *     time of the first start, in seconds, so that a node whose directory was lost is not taken for an older one than it was
 * @param restarted whether this node has run before
 * @param listening where it listened last; empty if a version of Gemel wrote this that did not note it
 * @param told what it was told of the others
 */
record NodeIdentity(
        String nodeId,
        String clusterName,
        long incarnation,
        boolean restarted,
        Optional<Listening> listening,
        Told told) {

    /**
     * What a node was told of the members, by people and by the cluster that it joined. Who the members are is agreed through the log;
     * this serves a node that does not have that yet.
     *
     * @param said the members as {@code --members} said them last; empty if it never did
     * @param news those of them of whom it said something else before, as long as the log has said nothing since: of these it is the
     *     newer word. Of the others it may be older than the log: a command line that says where one node has moved still says of
     *     the others where they once were
     * @param met the other members when this node joined; empty if it is one of the founders
     * @param ids the ids of the founders, sorted, of which a former version of Gemel kept nothing else; else empty
     */
    record Told(List<Member> said, List<Member> news, List<Member> met, List<String> ids) {
        Told {
            said = List.copyOf(said);
            news = List.copyOf(news);
            met = List.copyOf(met);
            ids = List.copyOf(ids);
        }

        /** What is known once {@code now} is said, which may be nothing. */
        private Told and(List<Member> now) {
            if (now.isEmpty()) {
                return new Told(said, news, met, List.of());
            }
            List<Member> changed = sameIds(now)
                    ? List.of()
                    : now.stream()
                            .filter(member -> news.contains(member) || !said.contains(member))
                            .toList();
            return new Told(now, changed, met, List.of());
        }

        /** Of a former version it is not known where members were: the same ids are no news. */
        private boolean sameIds(List<Member> now) {
            return !ids.isEmpty() && Set.copyOf(ids).equals(ids(now)) && ids.size() == now.size();
        }

        private static Set<String> ids(List<Member> members) {
            Set<String> ids = new HashSet<>();
            members.forEach(member -> ids.add(member.id()));
            return ids;
        }
    }

    /** The identity kept in {@code path}; empty if the directory is unused. Throws {@link StartRefused} if it cannot be understood. */
    static Optional<NodeIdentity> kept(Path path) {
        return DataDir.read(path).map(entries -> IdentityFormat.read(path, entries));
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

    /** {@code settings}, and where they say nothing what this node went by when it ran last. */
    Settings complete(Settings settings) {
        Map<String, String> kept = new HashMap<>();
        listening.ifPresent(last -> kept.putAll(last.fallbacks(settings)));
        kept.put(Setting.NODE_ID.name(), nodeId);
        kept.put(Setting.CLUSTER_NAME.name(), clusterName);
        return settings.completed(kept, "data directory");
    }

    /**
     * The other members as this node last heard of them by other ways than the log. Throws {@link StartRefused} if it has some and does
     * not know where they are.
     */
    List<Member> others(Path path) {
        boolean alone = told.ids().isEmpty() || told.ids().equals(List.of(nodeId));
        if (!alone) {
            throw DataDir.refuse(
                    path,
                    "was made by an earlier version for the members %s, and does not say where they are"
                            .formatted(String.join(",", told.ids())),
                    "start it once with the --members that it had");
        }
        List<Member> known = told.said().isEmpty() ? told.met() : told.said();
        return known.stream().filter(member -> !member.id().equals(nodeId)).toList();
    }

    /** Whether this node came to a cluster that ran, rather than found it with others. */
    boolean joined() {
        return !told.met().isEmpty();
    }

    /** Where members are according to the operator, if that may be newer than what the log says. */
    List<Member> addressesSet() {
        return told.news();
    }

    /**
     * Claims {@code dir} for the node of {@code config}, in its next incarnation. Throws {@link StartRefused} if the
     * directory is another node's or another cluster's.
     */
    static NodeIdentity claim(DataDir dir, ServerConfig config, InstantSource clock) {
        Optional<NodeIdentity> kept = kept(dir.path());
        kept.ifPresent(before -> before.check(dir.path(), config));
        NodeIdentity now = new NodeIdentity(
                config.self().id(),
                config.clusterName(),
                kept.map(before -> before.incarnation() + 1)
                        .orElseGet(() -> clock.instant().getEpochSecond()),
                kept.isPresent(),
                Optional.of(Listening.of(config)),
                kept.map(before -> before.told().and(config.said()))
                        .orElseGet(() -> new Told(config.said(), List.of(), config.met(), List.of())));
        dir.write(IdentityFormat.entries(now));
        return now;
    }

    /** Notes that the log has had its say since the operator's last word. */
    void overtaken(DataDir dir) {
        Told known = new Told(told.said(), List.of(), told.met(), told.ids());
        dir.write(IdentityFormat.entries(
                new NodeIdentity(nodeId, clusterName, incarnation, restarted, listening, known)));
    }

    private void check(Path path, ServerConfig config) {
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
    }
}
