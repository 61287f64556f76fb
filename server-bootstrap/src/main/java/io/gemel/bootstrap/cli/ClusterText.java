package io.gemel.bootstrap.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.transport.grpc.KnownCluster;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A cluster and its members, for people and as JSON. */
final class ClusterText {
    private ClusterText() {}

    /** In one line: how many members, who leads. */
    static String line(KnownCluster cluster) {
        int size = cluster.present().size();
        return "cluster %s: %d %s, %s, revision %d, as %s knows it"
                .formatted(
                        cluster.name(),
                        size,
                        size == 1 ? "member" : "members",
                        cluster.leader().isEmpty()
                                ? "no leader"
                                : "leader %s in term %d".formatted(cluster.leader(), cluster.term()),
                        cluster.members().revision(),
                        cluster.answeredBy());
    }

    /** The ids of the members, with what is special about one. */
    static String ids(KnownCluster cluster) {
        return cluster.present().stream()
                .map(entry -> entry.standing() == Standing.VOTER
                        ? entry.member().id()
                        : entry.member().id() + " (" + standing(entry.standing()) + ")")
                .collect(Collectors.joining(", "));
    }

    /**
     * A row per member.
     *
     * @param logs by id, the last index in that node's log, of those that tell
     */
    static Table table(List<Entry> entries, KnownCluster cluster, Map<String, Long> logs) {
        Table table = new Table("NODE", "STANDING", "STATE", "LOG", "HOST", "CLIENT", "SERVER", "RAFT");
        for (Entry entry : entries) {
            Member member = entry.member();
            Long log = logs.get(member.id());
            table.row(
                    member.id(),
                    standing(entry.standing()),
                    state(entry, cluster),
                    log == null ? "-" : log,
                    member.host(),
                    member.clientPort(),
                    member.serverPort(),
                    member.raftPort());
        }
        return table;
    }

    static JsonObject json(List<Entry> entries, KnownCluster cluster, Map<String, Long> logs) {
        JsonObject json = new JsonObject();
        json.addProperty("cluster", cluster.name());
        json.addProperty("answeredBy", cluster.answeredBy());
        json.addProperty("leader", cluster.leader());
        json.addProperty("term", cluster.term());
        json.addProperty("revision", cluster.members().revision());
        JsonArray members = new JsonArray();
        for (Entry entry : entries) {
            Member member = entry.member();
            JsonObject row = new JsonObject();
            row.addProperty("id", member.id());
            row.addProperty("standing", standing(entry.standing()));
            row.addProperty("state", state(entry, cluster));
            Long log = logs.get(member.id());
            if (log != null) {
                row.addProperty("logIndex", log);
            }
            row.addProperty("host", member.host());
            row.addProperty("clientPort", member.clientPort());
            row.addProperty("serverPort", member.serverPort());
            row.addProperty("raftPort", member.raftPort());
            members.add(row);
        }
        json.add("members", members);
        return json;
    }

    static JsonObject json(KnownCluster cluster) {
        return json(cluster.present(), cluster, Map.of());
    }

    static String standing(Standing standing) {
        return switch (standing) {
            case JOINING, CAUGHT_UP -> "learner";
            case VOTER -> "voter";
            case LEAVING -> "leaving";
            case REMOVED -> "removed";
        };
    }

    /** Whether it is alive, as the node sees it that answered, which is alive itself. */
    private static String state(Entry entry, KnownCluster cluster) {
        if (entry.standing() == Standing.REMOVED) {
            return "-";
        }
        String state = cluster.state(entry.member().id());
        return state.equals("self") ? "alive" : state;
    }
}
