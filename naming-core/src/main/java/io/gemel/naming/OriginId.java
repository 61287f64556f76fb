package io.gemel.naming;

/**
 * The ephemeral state that one run of one node writes, and nobody else (I6).
 *
 * @param node the node's id
 * @param incarnation counts the starts of that node
 */
public record OriginId(String node, long incarnation) implements Comparable<OriginId> {
    @Override
    public int compareTo(OriginId other) {
        int byNode = node.compareTo(other.node);
        return byNode != 0 ? byNode : Long.compare(incarnation, other.incarnation);
    }

    @Override
    public String toString() {
        return node + "#" + incarnation;
    }
}
