package io.gemel.it.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.NodeStatus.Origin;
import io.gemel.naming.NodeStatus.Raft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What samples and logs of nodes show: hashes, origins, leaders, recovery, survival, logs, growth. */
class NodesTest {
    @TempDir
    Path dir;

    private final Story story = new Story();

    // --- state-hashes

    @Test
    void equalIndicesWithEqualHashesHold() {
        story.sample(100, "s1", 1, at(5, "a")).sample(100, "s2", 1, at(4, "b")).sample(300, "s2", 2, at(5, "a"));
        finish(at(9, "c"), at(9, "c"));

        assertThat(judge(Checks.stateHashes()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.stateHashes()).figures()).containsEntry("seen on several nodes or starts", "2");
    }

    @Test
    void anotherHashAtTheSameIndexIsFound() {
        story.sample(100, "s1", 1, at(5, "a")).sample(300, "s2", 2, at(5, "x"));
        finish(at(9, "c"), at(9, "c"));

        assertThat(judge(Checks.stateHashes()).summary())
                .contains("at index 5 s1 had hash a at 0.100 s (start 1), and s2 had x at 0.300 s (start 2)");
    }

    @Test
    void aNodeIsNotAnotherAfterItsRestart() {
        story.sample(100, "s1", 1, at(5, "a")).sample(300, "s1", 2, at(5, "x"));
        finish(at(9, "c"), at(9, "c"));

        assertThat(judge(Checks.stateHashes()).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aNodeThatStaysBehindIsFound() {
        story.sample(100, "s1", 1, at(5, "a")).sample(300, "s2", 1, at(5, "a"));
        finish(at(9, "c"), at(8, "b"));

        assertThat(judge(Checks.stateHashes()).summary()).contains("different indices: [s1 9, s2 8]");
    }

    @Test
    void indicesSeenOnceDecideNothing() {
        story.sample(100, "s1", 1, at(5, "a")).sample(300, "s2", 1, at(6, "b"));

        assertThat(judge(Checks.stateHashes()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- origins

    @Test
    void copiesThatAreEqualHold() {
        finish(origins("s1", origin("s1", 7, "d", "own")), origins("s2", origin("s1", 7, "d", "live")));

        assertThat(judge(Checks.origins()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aCopyMayDifferForAWhile() {
        story.sample(origins("s1", origin("s1", 7, "d", "own")).at(100));
        story.sample(origins("s2", origin("s1", 7, "x", "live")).at(100));
        story.sample(origins("s2", origin("s1", 7, "y", "syncing")).at(1_000));
        finish(origins("s1", origin("s1", 8, "e", "own")), origins("s2", origin("s1", 8, "e", "live")));

        assertThat(judge(Checks.origins()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.origins()).figures()).containsEntry("differing for a while", "1");
    }

    @Test
    void aCopyThatStaysWrongIsFound() {
        story.sample(origins("s1", origin("s1", 7, "d", "own")).at(100));
        for (long at = 100; at < 4_000; at += 250) {
            story.sample(origins("s2", origin("s1", 7, "x", "live")).at(at));
        }
        finish(origins("s1", origin("s1", 8, "e", "own")), origins("s2", origin("s1", 8, "e", "live")));

        assertThat(judge(Checks.origins()).summary())
                .contains("s2's copy of s1/1 at 7 has digest x (its owner: d) from 0.100 s");
    }

    @Test
    void nodesThatDifferInTheEndAreFound() {
        finish(origins("s1", origin("s1", 8, "e", "own")), origins("s2", origin("s1", 7, "d", "live")));

        assertThat(judge(Checks.origins()).summary()).contains("different origins: [s1 [s1/1@8 e], s2 [s1/1@7 d]]");
    }

    @Test
    void withoutAFinalPhaseOriginsAreNotDecided() {
        story.sample(origins("s1", origin("s1", 7, "d", "own")).at(100));
        story.sample(origins("s2", origin("s1", 7, "d", "live")).at(100));

        assertThat(judge(Checks.origins()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- leaders

    @Test
    void oneLeaderPerTermHolds() throws IOException {
        story.sample(100, "s1", 1, leader("s1", 1)).sample(900, "s2", 1, leader("s2", 2));
        story.sample(1_000, "s1", 1, new Raft("follower", "s2", 2, 1, 1, "h"));
        log("s1", "INFO Leadership: leader changed term=1 leader=s1", "leader changed term=2 leader=s2");

        assertThat(judge(Checks.leaders()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.leaders()).figures()).containsEntry("longest time in which no node led", "800 ms");
    }

    @Test
    void twoLeadersInOneTermAreFound() {
        story.sample(100, "s1", 1, leader("s1", 7)).sample(900, "s2", 1, leader("s2", 7));

        assertThat(judge(Checks.leaders()).summary())
                .contains("term 7 has two leaders: s1 (s1 at 0.100 s) and s2 (s2 at 0.900 s)");
    }

    @Test
    void twoLeadersInLogsAreFound() throws IOException {
        log("s1", "leader changed term=3 leader=s1");
        log("s2", "something", "leader changed term=3 leader=s3");

        assertThat(judge(Checks.leaders()).summary()).contains("s1 (log s1:1) and s3 (log s2:2)");
    }

    @Test
    void withoutALeaderNothingIsDecided() {
        assertThat(judge(Checks.leaders()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- recovery: 5 s

    @Test
    void theTimeUntilAllFollowOneLeaderIsMeasured() {
        story.fault(1_000, 2_000, "kill-leader", "s1").sample(2_100, "s2", 1, leader("s2", 2));
        story.sample(unready("s1").at(2_200)).sample(4_000, "s1", 2, new Raft("follower", "s2", 2, 1, 1, "h"));
        story.op(2_500, "p", Op.REGISTER, "public/g/s#1").value("v").ok(2_600, 3);

        assertThat(judge(Checks.recovery()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.recovery()).figures())
                .containsEntry("recovery after healing", "p50 2.0 s, p99 2.0 s, max 2.0 s (of 1)")
                .containsEntry("first acknowledged write after healing", "p50 600 ms, p99 600 ms, max 600 ms (of 1)");
    }

    @Test
    void aNodeThatIsNotReadyInTimeIsFound() {
        story.fault(1_000, 2_000, "kill-leader", "s1");
        LongStream.range(0, 30)
                .map(i -> 2_100 + i * 250)
                .forEach(at -> story.sample(at, "s2", 1, leader("s2", 2))
                        .sample(unready("s1").at(at)));

        assertThat(judge(Checks.recovery()).summary())
                .contains("not recovered by 7.000 s", "s1 is not ready: catching up");
    }

    @Test
    void nodesThatFollowDifferentLeadersAreFound() {
        story.fault(1_000, 2_000, "partition-halves", "s1>s2");
        LongStream.range(0, 30)
                .map(i -> 2_100 + i * 250)
                .forEach(at -> story.sample(at, "s2", 1, leader("s2", 2)).sample(at, "s1", 1, leader("s1", 1)));

        assertThat(judge(Checks.recovery()).summary()).contains("nodes follow [s1, s2]");
    }

    @Test
    void writesThatNeverGoOnAreFound() {
        story.fault(1_000, 2_000, "kill-leader", "s1").sample(2_100, "s2", 1, leader("s2", 2));
        story.sample(2_100, "s1", 2, new Raft("follower", "s2", 2, 1, 1, "h"));
        LongStream.range(0, 5)
                .forEach(i -> story.op(8_000 + i * 100, "p", Op.REGISTER, "public/g/s#1")
                        .value("v" + i)
                        .fail(8_050 + i * 100));

        assertThat(judge(Checks.recovery()).summary()).contains("none of 5 writes was acknowledged after 7.000 s");
    }

    @Test
    void aCalmThatIsTooShortIsNotJudged() {
        story.fault(1_000, 2_000, "kill-leader", "s1").sample(unready("s1").at(2_100));

        assertThat(judge(Checks.recovery()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- survival

    @Test
    void whoIsKilledByAFaultMayBeDead() {
        story.fault(1_000, 2_000, "kill-one", "s1")
                .sample(dead("s1").at(1_500))
                .sample(dead("s1").at(2_100));

        assertThat(judge(Checks.survival()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whoDiesByItselfIsFound() {
        story.fault(1_000, 20_000, "partition-halves", "s1>s2,s2>s1")
                .sample(dead("s1").at(1_500))
                .sample(dead("s1").at(1_750));

        assertThat(judge(Checks.survival()).findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.what()).contains("s1, in its start 1, was found ended at 1.500 s"));
    }

    @Test
    void whoEndsWithTheRunIsNotMissed() {
        story.sample(100, "s1", 1, leader("s1", 1))
                .phase(5_000, "end")
                .sample(dead("s1").at(5_100));

        assertThat(judge(Checks.survival()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(new Story().evidence().samples()).isEmpty();
        assertThat(Checks.survival().verdict(new Story().evidence()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- logs

    @Test
    void aLogWithWarningsHolds() throws IOException {
        log("s1", "2026-01-01T00:00:00.000Z WARN  X: peer is down", "2026-01-01T00:00:00.000Z ERROR X: disk is full");

        assertThat(judge(Checks.logs()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.logs()).figures()).containsEntry("lines", "2").containsEntry("of them errors", "1");
    }

    @Test
    void brokenInvariantsAndUncaughtErrorsAreFound() throws IOException {
        log(
                "s1",
                "java.lang.AssertionError: I2: public/g/s@7 after revision 9",
                "\tat io.gemel.naming.Invariant.check(Invariant.java:14)",
                "Exception in thread \"naming\" java.lang.OutOfMemoryError: Java heap space");

        assertThat(judge(Checks.logs()).findings())
                .extracting(Finding::what)
                .hasSize(2)
                .first()
                .asString()
                .startsWith("s1:1: java.lang.AssertionError: I2");
    }

    @Test
    void aNodeThatGivesUpIsFoundUnlessItsDiskWasHarmed() throws IOException {
        String line = "2026-01-01T00:00:00.000Z ERROR Server: the node cannot go on and stops";
        log("s1", line);
        log("s2", line);
        story.sample(100, "s1", 1, leader("s1", 1)).sample(100, "s2", 1, leader("s1", 1));
        story.fault(1_000, 2_000, "partition-halves", "s2>s1").fault(2_000, 3_000, "io-error", "s1 [SYNC EIO]");

        assertThat(judge(Checks.logs()).findings()).extracting(Finding::what).containsExactly("s2:1: " + line);
    }

    @Test
    void withoutLogsNothingIsDecided() {
        assertThat(judge(Checks.logs()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    // --- growth

    @Test
    void aProcessThatWarmsUpAndStaysHolds() {
        live(1, i -> i < 12 ? 20 : 60, i -> 100, i -> 200_000_000 + Math.min(i, 40) * 5_000_000L);

        assertThat(judge(Checks.growth()).outcome()).isEqualTo(Outcome.HOLDS);
        assertThat(judge(Checks.growth()).figures()).containsKeys("most growth of threads", "most growth of memory");
    }

    @Test
    void threadsFilesAndMemoryThatGatherAreFound() {
        live(1, i -> 60 + i, i -> 100 + 3 * i, i -> 200_000_000 + i * 5_000_000L);

        assertThat(judge(Checks.growth()).findings())
                .extracting(Finding::what)
                .hasSize(3)
                .first()
                .asString()
                .startsWith("threads grew: ");
    }

    @Test
    void eachStartIsAProcessOfItsOwn() {
        live(1, i -> 60, i -> 100, i -> 100_000_000);
        live(2, i -> 600, i -> 900, i -> 900_000_000);

        assertThat(judge(Checks.growth()).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aShortLifeDecidesNothing() {
        story.running(0, 4_000);

        assertThat(judge(Checks.growth()).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    /** A process that is ready from its second 3 on, and takes as much of each as the samples are old. */
    private void live(int start, LongUnaryOperator threads, LongUnaryOperator files, LongUnaryOperator memory) {
        LongStream.range(0, 200)
                .forEach(i -> story.sample(new NodeSample(
                        Story.nanos(start * 100_000L + i * 250),
                        "s1",
                        start,
                        true,
                        (i < 12 ? unready("s1") : origins("s1")).at(0).status(),
                        (int) threads.applyAsLong(i),
                        (int) files.applyAsLong(i),
                        memory.applyAsLong(i))));
    }

    // --- samples

    /** A sample that lacks only its time. */
    @FunctionalInterface
    private interface Timeless {
        NodeSample at(long millis);
    }

    private static Raft at(long index, String hash) {
        return new Raft("follower", "s1", 1, index, index, hash);
    }

    private static Raft leader(String node, long term) {
        return new Raft("leader", node, term, 1, 1, "h" + term);
    }

    private static Origin origin(String node, long sequence, String digest, String state) {
        return new Origin(node, 1, sequence, digest, 1, state);
    }

    private static Timeless origins(String node, Origin... origins) {
        return timeless(node, true, at(1, "h"), origins);
    }

    private static Timeless unready(String node) {
        return timeless(node, false, at(1, "h"));
    }

    private static Timeless dead(String node) {
        return millis -> new NodeSample(Story.nanos(millis), node, 1, false, Optional.empty(), 0, 0, 0);
    }

    private static Timeless timeless(String node, boolean ready, Raft raft, Origin... origins) {
        NodeStatus status = new NodeStatus(
                node,
                "test",
                "1",
                ready,
                ready ? "" : "catching up",
                List.of(),
                raft,
                List.of(origins),
                0,
                0,
                0,
                NodeStatus.Guard.NONE);
        return millis -> new NodeSample(Story.nanos(millis), node, 1, true, Optional.of(status), 50, 100, 200_000_000);
    }

    /** The final phase, in which s1 and s2 show this. */
    private void finish(Raft first, Raft second) {
        finish(timeless("s1", true, first), timeless("s2", true, second));
    }

    private void finish(Timeless... last) {
        story.phase(10_000, "final");
        Stream.of(10_100L, 10_350L).forEach(at -> Stream.of(last).forEach(sample -> story.sample(sample.at(at))));
        story.phase(10_500, "end");
    }

    private void log(String node, String... lines) throws IOException {
        story.log(node, Files.write(dir.resolve(node + ".log"), List.of(lines)));
    }

    private Verdict judge(Check check) {
        return check.verdict(story.evidence());
    }
}
