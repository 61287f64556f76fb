package io.gemel.bootstrap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bootstrap.cli.ClusterView.Node;
import io.gemel.naming.NodeStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    @Test
    void nodesWithEqualHashesAndDigestsAgree() {
        assertThat(view(node("s1", 7, "aa", 3), node("s2", 7, "aa", 3)).differences())
                .isEmpty();
    }

    @Test
    void aDifferentStateADifferentOriginAndAMissingOriginAreNamed() {
        assertThat(view(node("s1", 7, "aa", 3), node("s2", 7, "bb", 3)).differences())
                .containsExactly("persistent state: {s1=aa at index 7, s2=bb at index 7}");
        assertThat(view(node("s1", 7, "aa", 3), node("s2", 7, "aa", 2)).differences())
                .containsExactly("origin s1: {s1=d3 at 1.3, s2=d2 at 1.2}");
        NodeStatus empty = new NodeStatus(
                "s2", "c", "v", true, "", List.of(), raft(7, "aa"), List.of(), 0, 0, 0, NodeStatus.Guard.NONE);
        assertThat(view(node("s1", 7, "aa", 3), empty).differences()).containsExactly("origin s1: {s1=d3 at 1.3}");
    }

    @Test
    void onlyNodesThatAreEquallyFarCanContradictEachOther() {
        assertThat(view(node("s1", 7, "aa", 3), node("s2", 7, "bb", 3)).contradictions())
                .containsExactly("persistent state: {s1=aa at index 7, s2=bb at index 7}");
        assertThat(view(node("s1", 7, "aa", 3), node("s2", 8, "bb", 2)).contradictions())
                .isEmpty();
        NodeStatus.Origin own = new NodeStatus.Origin("s1", 1, 3, "d3", 1, "own");
        NodeStatus.Origin other = new NodeStatus.Origin("s1", 1, 3, "e3", 1, "live");
        NodeStatus.Origin part = new NodeStatus.Origin("s1", 1, 3, "f3", 1, "syncing");
        assertThat(view(node("s1", own), node("s2", other)).contradictions())
                .containsExactly("origin s1: {s1=d3 at 1.3, s2=e3 at 1.3}");
        assertThat(view(node("s1", own), node("s2", part)).contradictions()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotAnswerIsShownAndNotCompared() {
        ClusterView view = new ClusterView(List.of(
                ClusterView.answered("a:1", node("s1", 7, "aa", 3)),
                new Node("s2", "a:2", Optional.empty(), "UNAVAILABLE: refused")));

        assertThat(view.differences()).isEmpty();
        assertThat(StatusTables.members(view).lines("")).anyMatch(line -> line.matches("s2 +a:2 +unreachable .*"));
        assertThat(StatusTables.origins(view).lines("")).containsExactly("ORIGIN  ON s1", "s1      3.d3 own (1)");
    }

    private static ClusterView view(NodeStatus... statuses) {
        return new ClusterView(List.of(statuses).stream()
                .map(status -> ClusterView.answered("a:1", status))
                .toList());
    }

    private static NodeStatus node(String id, long index, String hash, long sequence) {
        return node(id, raft(index, hash), new NodeStatus.Origin("s1", 1, sequence, "d" + sequence, 1, "own"));
    }

    private static NodeStatus node(String id, NodeStatus.Origin origin) {
        return node(id, raft(7, "aa"), origin);
    }

    private static NodeStatus node(String id, NodeStatus.Raft raft, NodeStatus.Origin origin) {
        return new NodeStatus(id, "c", "v", true, "", List.of(), raft, List.of(origin), 1, 1, 1, NodeStatus.Guard.NONE);
    }

    private static NodeStatus.Raft raft(long index, String hash) {
        return new NodeStatus.Raft("follower", "s1", 1, index, index, hash);
    }
}
