package io.gemel.transport.grpc;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import java.util.List;
import java.util.Map;

/**
 * A cluster as one of its nodes knows it.
 *
 * @param name the cluster's name
 * @param answeredBy the id of that node
 * @param term the newest it knows
 * @param leader the id of the leader of {@code term}; empty if it knows none
 * @param members removed ones too; of revision 0, when nothing was agreed yet, those of that node's settings
 * @param states by id, how that node sees each member: self, alive, suspect, down or unknown
 */
public record KnownCluster(
        String name, String answeredBy, long term, String leader, ClusterMembers members, Map<String, String> states) {
    /** Copies the states. */
    public KnownCluster {
        states = Map.copyOf(states);
    }

    /** How the answering node sees the member with this id; unknown if it is none. */
    public String state(String id) {
        return states.getOrDefault(id, "unknown");
    }

    /** The nodes that are members, in the agreed order. */
    public List<Entry> present() {
        return members.present();
    }
}
