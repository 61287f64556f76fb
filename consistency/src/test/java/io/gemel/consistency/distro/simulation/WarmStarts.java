package io.gemel.consistency.distro.simulation;

import io.gemel.naming.NodeStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node answers queries only once it holds what every member publishes that it knows of and has reached since it started: an
 * empty answer is never an artefact of a start, be it that of a node that others do not know yet.
 */
final class WarmStarts {
    /** For so long after a cut connections may be stuck, and who was cut off may be taken for down. */
    private static final long SETTLED_AFTER = Duration.ofSeconds(20).toNanos();

    private final World world;
    private final Map<Pair, Long> undisturbedSince = new HashMap<>();

    /** In one life of {@code member}. */
    private record Pair(String node, String member, long incarnation) {}

    WarmStarts(World world) {
        this.world = world;
    }

    /** Looks at all nodes; to be called often. What is wrong, if anything is. */
    Optional<String> missing() {
        List<Node> members = world.members();
        for (Node node : world.nodes()) {
            for (Node member : members) {
                if (node != member && isMissing(node, member)) {
                    return Optional.of(
                            node + " answers without the origin of " + member + ", which it reached all the time");
                }
            }
        }
        return Optional.empty();
    }

    private boolean isMissing(Node node, Node member) {
        Pair pair = new Pair(node.id(), member.id(), member.incarnation());
        if (!world.undisturbed(node, member)) {
            undisturbedSince.remove(pair);
            return false;
        }
        boolean neverStarted = node.incarnation() == 0; // there was nothing to be disturbed
        long since = undisturbedSince.computeIfAbsent(
                pair,
                p -> neverStarted ? member.startedNanos() : world.timeline().now());
        return node.awake()
                && node.startedNanos() - since >= SETTLED_AFTER
                && node.server().ready()
                && node.server().distroStatus().origins().stream().noneMatch(origin -> isPresent(origin, member));
    }

    private static boolean isPresent(NodeStatus.Origin origin, Node owner) {
        return origin.node().equals(owner.id())
                && origin.incarnation() == owner.incarnation()
                && !origin.state().equals("syncing");
    }
}
