package io.gemel.consistency.raft;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a change of members writes into the list, judged by the list alone: an entry, or nothing if it is so already.
 *
 * <p>Every method throws {@link RegistryException} with {@code MEMBERSHIP_REFUSED} if the change would do harm, or another is
 * under way. Pure.
 */
record MembershipPlan(ClusterMembers list) {
    Optional<Entry> add(Member node) {
        Optional<Entry> known = list.find(node.id());
        if (known.isPresent()) {
            return added(known.get(), node);
        }
        refuseTaken(node);
        refuseSecond();
        return Optional.of(new Entry(node, Standing.JOINING));
    }

    private static Optional<Entry> added(Entry known, Member node) {
        return switch (known.standing()) {
            case REMOVED ->
                throw refused("node " + node.id()
                        + " was removed from this cluster, and ids are not used again; start it with another"
                        + " --node-id and an empty data directory");
            case LEAVING -> throw refused("node " + node.id() + " is being removed; wait until it is out");
            case JOINING, CAUGHT_UP, VOTER -> {
                if (!known.member().equals(node)) {
                    throw refused("node " + node.id() + " is a member at " + text(known.member()) + ", not at "
                            + text(node) + "; choose another id, or restart that node at its new address");
                }
                yield Optional.empty();
            }
        };
    }

    /** {@code alive}: the ids of the voters that the leader has heard of lately, its own among them. */
    Optional<Entry> remove(String id, Set<String> alive) {
        Entry known = list.find(id)
                .orElseThrow(() -> new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "node: '" + id + "' (expected: a member, one of " + ids(list.present().stream()) + ")"));
        return switch (known.standing()) {
            case REMOVED, LEAVING -> Optional.empty();
            case JOINING, CAUGHT_UP -> Optional.of(new Entry(known.member(), Standing.LEAVING));
            case VOTER -> {
                refuseSecond();
                refuseLossOfMajority(id, alive);
                yield Optional.of(new Entry(known.member(), Standing.LEAVING));
            }
        };
    }

    private void refuseLossOfMajority(String id, Set<String> alive) {
        List<String> left = list.entries().stream()
                .filter(entry -> entry.standing().votes())
                .map(entry -> entry.member().id())
                .filter(voter -> !voter.equals(id))
                .toList();
        if (left.isEmpty()) {
            throw refused("node " + id + " is the only voter; add another one first");
        }
        List<String> down =
                left.stream().filter(voter -> !alive.contains(voter)).toList();
        if (left.size() - down.size() < left.size() / 2 + 1) {
            throw refused("without " + id + " only " + (left.size() - down.size()) + " of the " + left.size()
                    + " voters left would be alive, no majority; start " + String.join(", ", down)
                    + " again or remove it first");
        }
    }

    /** The learner {@code id} has what the others have. */
    Optional<Entry> caughtUp(String id) {
        return list.find(id)
                .filter(entry -> entry.standing() == Standing.JOINING)
                .map(entry -> new Entry(entry.member(), Standing.CAUGHT_UP));
    }

    /** The member {@code node} says where it is now. */
    Optional<Entry> moved(Member node) {
        Optional<Entry> known = list.find(node.id())
                .filter(entry -> entry.standing() != Standing.REMOVED)
                .filter(entry -> !entry.member().equals(node));
        known.ifPresent(entry -> refuseTaken(node));
        return known.map(entry -> new Entry(node, entry.standing()));
    }

    private void refuseSecond() {
        list.present().stream()
                .filter(entry -> entry.standing() != Standing.VOTER)
                .findFirst()
                .ifPresent(other -> {
                    String id = other.member().id();
                    throw refused(
                            other.standing() == Standing.LEAVING
                                    ? "node " + id
                                            + " is being removed, and one change is made at a time; wait until it is out"
                                    : "node " + id
                                            + " is joining, and one change is made at a time; wait until it votes, or"
                                            + " remove it");
                });
    }

    private void refuseTaken(Member node) {
        Set<String> wanted = Set.copyOf(addresses(node).distinct().toList());
        for (Entry entry : list.present()) {
            Optional<String> taken = entry.member().id().equals(node.id())
                    ? Optional.empty()
                    : addresses(entry.member()).filter(wanted::contains).findFirst();
            taken.ifPresent(address -> {
                throw refused("address " + address + " belongs to node "
                        + entry.member().id() + "; choose other ports, or remove that node first");
            });
        }
    }

    private static Stream<String> addresses(Member node) {
        return Stream.of(node.raftPort(), node.serverPort(), node.clientPort()).map(port -> node.host() + ":" + port);
    }

    private static String ids(Stream<Entry> entries) {
        return entries.map(entry -> entry.member().id()).toList().toString();
    }

    private static String text(Member node) {
        return "%s:%d/%d/%d".formatted(node.host(), node.clientPort(), node.serverPort(), node.raftPort());
    }

    private static RegistryException refused(String why) {
        return new RegistryException(RegistryException.Code.MEMBERSHIP_REFUSED, why);
    }
}
