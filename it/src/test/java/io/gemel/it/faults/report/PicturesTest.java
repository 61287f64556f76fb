package io.gemel.it.faults.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    private static final String KEY = "public/g/orders#10.0.0.1:80/DEFAULT";

    private final List<Event> events = new ArrayList<>();

    @Test
    void anOperationIsItsInvocationAndTheNextCompletionOfTheSameProcess() {
        add(1, "a", Event.Type.INVOKE, Op.REGISTER);
        add(2, "b", Event.Type.INVOKE, Op.READ);
        add(3, "b", Event.Type.OK, Op.READ);
        add(4, "w", Event.Type.OK, Op.VIEW);
        add(5, "a", Event.Type.FAIL, Op.REGISTER);
        add(6, "b", Event.Type.INVOKE, Op.READ);

        List<Operation> operations = Operation.of(events);

        assertThat(operations).extracting(Operation::process).containsExactly("a", "b", "w", "b");
        assertThat(operations)
                .extracting(Operation::outcome)
                .containsExactly(Event.Type.FAIL, Event.Type.OK, Event.Type.OK, Event.Type.INFO);
        assertThat(operations).extracting(Operation::moment).containsExactly(false, false, true, false);
    }

    @Test
    void aFaultLastsUntilItIsHealedAndOneThatWasNotInjectedIsNone() {
        fault(10, Event.Type.INVOKE, "kill", "s1");
        fault(15, Event.Type.INVOKE, "kill", "s2");
        fault(20, Event.Type.OK, "kill", "s2");
        fault(25, Event.Type.INVOKE, "disk-full", "s3");
        fault(26, Event.Type.FAIL, "disk-full", "s3");

        assertThat(FaultSpan.faults(events, 40))
                .containsExactly(new FaultSpan("kill", "s1", 10, 40), new FaultSpan("kill", "s2", 15, 20));
    }

    @Test
    void barsOfATimelineKeepTheOrderOfTimeAndDoNotCoverEachOther() {
        for (int i = 0; i < 40; i++) {
            String process = "c" + i % 3;
            add(10L * i, process, Event.Type.INVOKE, Op.REGISTER);
            add(10 * i + (i % 3 == 0 ? 25 : 4), process, Event.Type.OK, Op.REGISTER);
        }
        List<Operation> operations = Operation.of(events);

        Timeline timeline = Timeline.of(operations, Labels.about(operations));

        assertThat(timeline.ticks()).isSortedAccordingTo((a, b) -> Double.compare(a.at(), b.at()));
        assertThat(timeline.ticks()).isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
        timeline.byRow().values().forEach(bars -> {
            for (int i = 1; i < bars.size(); i++) {
                assertThat(bars.get(i).from())
                        .isGreaterThanOrEqualTo(bars.get(i - 1).to());
            }
        });
    }

    @Test
    void aTimelineTakesAsManyNeighboursAsFitAndAllThatIsNamed() {
        for (int i = 0; i < 60; i++) {
            add(10L * i, "c1", Event.Type.INVOKE, Op.REGISTER);
            add(10 * i + 5, "c1", Event.Type.OK, Op.REGISTER);
        }
        List<Operation> operations = Operation.of(events);
        Labels labels = Labels.about(operations);
        List<Operation> named = List.of(operations.get(30));
        List<Operation> neighbours = new Neighbours(operations).of(named, labels);

        Timeline timeline = Timeline.fitting(named, neighbours, labels, 900, 40);

        assertThat(neighbours).hasSize(59);
        assertThat(neighbours.subList(0, 2)).containsExactlyInAnyOrder(operations.get(29), operations.get(31));
        assertThat(timeline.width()).isLessThanOrEqualTo(900);
        assertThat(timeline.bars())
                .hasSizeBetween(4, 20)
                .anyMatch(bar -> bar.operation().equals(operations.get(30)));
        assertThat(Timeline.fitting(operations, List.of(), labels, 900, 40).bars())
                .hasSize(60);
    }

    @Test
    void theImpossibleOperationIsTheOneTheFindingTellsOfOrElseTheLast() {
        add(1_000_000, "a", Event.Type.INVOKE, Op.READ);
        add(2_000_000, "b", Event.Type.INVOKE, Op.READ);
        add(3_000_000, "a", Event.Type.OK, Op.READ);
        add(4_000_000, "b", Event.Type.OK, Op.READ);
        List<Operation> named = Operation.of(events);

        assertThat(impossible("both differ", named)).isEqualTo("b");
        assertThat(impossible(
                        "no order explains READ by a at s1 [0.001 s .. 0.003 s]; after READ by b at s1 [0.002 s .. 0.004 s]",
                        named))
                .isEqualTo("a");
    }

    @Test
    void theImpossibleOperationIsTheOneTheCheckBlames() {
        add(1_000_000, "a", Event.Type.INVOKE, Op.READ);
        add(2_000_000, "b", Event.Type.INVOKE, Op.READ);
        add(3_000_000, "a", Event.Type.OK, Op.READ);
        add(4_000_000, "b", Event.Type.OK, Op.READ);
        List<Operation> named = Operation.of(events);
        long begin = events.get(0).index();

        Summary.Found found = new Summary.Found("READ by b at s1 [0.002 s", List.of(), Optional.of(begin));

        assertThat(FindingSection.impossible(found, named).process()).isEqualTo("a");
    }

    private static String impossible(String what, List<Operation> named) {
        return FindingSection.impossible(new Summary.Found(what, List.of(), Optional.empty()), named)
                .process();
    }

    @Test
    void fewerPointsStillShowTheHighest() {
        List<long[]> points = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            points.add(new long[] {i, i == 31_415 ? 1_000 : i % 7});
        }

        Curve curve = new Curve("s1", points).thinned();

        assertThat(curve.points()).hasSizeLessThan(2_500).anyMatch(point -> point[1] == 1_000);
        assertThat(new Curve("s1", List.of(new long[] {0, 5}, new long[] {1, 5}, new long[] {2, 5}))
                        .thinned()
                        .points())
                .hasSize(2);
    }

    @Test
    void thinningIsEvenAndExact() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(i);
        }
        assertThat(Thinning.evenly(all, 100)).hasSize(100).startsWith(0, 10, 20).endsWith(980, 990);
        assertThat(Thinning.evenly(all, 2_000)).isSameAs(all);
    }

    @Test
    void nodesThatHoldAnOriginDifferentlyDisagree() {
        List<NodeSample> samples = List.of(
                sample(0, "s1", "aa", 4),
                sample(1, "s2", "bb", 1),
                sample(300, "s1", "aa", 4),
                sample(301, "s2", "aa", 4),
                sample(600, "s1", "aa", 4));
        RunRecord run = run(samples);

        Agreement agreement = Agreement.of(run);

        assertThat(agreement.disagreeing().get(0).points()).containsExactly(new long[] {250, 1}, new long[] {500, 0});
        assertThat(agreement.differing().get(0).points()).containsExactly(new long[] {250, 0}, new long[] {500, 0});
        assertThat(agreement.differing().get(1).points()).containsExactly(new long[] {250, 3}, new long[] {500, 0});
    }

    @Test
    void whileNoNodeAnswersTheCurvesHaveAGap() {
        RunRecord run = run(List.of(
                sample(0, "s1", "aa", 4),
                sample(1, "s2", "aa", 4),
                dead(300, "s1"),
                dead(301, "s2"),
                dead(600, "s1"),
                dead(601, "s2"),
                sample(900, "s1", "aa", 4),
                sample(901, "s2", "aa", 4),
                sample(1_200, "s1", "aa", 4)));

        Agreement agreement = Agreement.of(run);

        assertThat(agreement.disagreeing().get(0).points())
                .containsExactly(
                        new long[] {250, 0}, new long[] {500, Curve.GAP}, new long[] {750, Curve.GAP}, new long[] {
                            1000, 0
                        });
        assertThat(agreement.differing().get(1).points())
                .containsExactly(
                        new long[] {250, 0}, new long[] {500, Curve.GAP}, new long[] {750, Curve.GAP}, new long[] {
                            1000, 0
                        });
    }

    private static NodeSample dead(long millis, String node) {
        return new NodeSample(millis * 1_000_000, node, 1, false, Optional.empty(), 0, 0, 0);
    }

    @Test
    void whatAWatcherWasShownIsTimedFromTheCallThatRegistered() {
        view(1_000_000, List.of());
        events.add(event(2_000_000, "c1", Event.Type.INVOKE, Op.REGISTER, KEY, Optional.of("i1"), List.of()));
        events.add(event(2_500_000, "c1", Event.Type.OK, Op.REGISTER, KEY, Optional.of("i1"), List.of()));
        view(5_000_000, List.of(new Seen("10.0.0.1:80/DEFAULT", "i1", 0, true)));
        view(9_000_000, List.of(new Seen("10.0.0.1:80/DEFAULT", "i1", 0, true)));

        Map<String, List<long[]>> lags = Watchers.lags(run(List.of()));

        assertThat(lags).containsOnlyKeys("w1");
        assertThat(lags.get("w1")).containsExactly(new long[] {5, 3_000});
    }

    @Test
    void aSampleRunHasAllPictures(@TempDir Path dir) throws IOException {
        SampleRun.bad(3).write(dir);

        RunRecord run = RunRecord.read(dir);

        assertThat(run.faults()).hasSize(6);
        assertThat(run.phases())
                .extracting(FaultSpan::name)
                .containsExactly("setup", "faults", "heal", "recovered", "final");
        assertThat(Nodes.of(run).lanes())
                .hasSize(6)
                .allMatch(lane -> !lane.segments().isEmpty());
        assertThat(Nodes.of(run).lanes().get(2).segments())
                .extracting(Nodes.Segment::kind)
                .startsWith("ready", "dead", "unready", "ready", "silent", "ready");
        assertThat(Traffic.of(run).facets())
                .extracting(Traffic.Facet::op)
                .containsExactly("register", "cas", "deregister", "read");
        assertThat(Watchers.of(run, Watchers.lags(run)).lanes())
                .hasSize(3)
                .anyMatch(lane -> lane.empty().equals(List.of(8_300L)));
    }

    @Test
    void aCommandQuotesWhatAShellWouldRead() {
        assertThat(VerdictSection.time("PT15S")).isEqualTo("15s");
        assertThat(VerdictSection.time("PT2H")).isEqualTo("2h");
        assertThat(VerdictSection.time("PT0.5S")).isEqualTo("500ms");
        assertThat(VerdictSection.time("soon")).isEqualTo("soon");
        Summary summary = Summary.of(
                JsonParser.parseString("{\"workload\":\"a'b; rm\",\"seed\":-3,\"nemeses\":[\"kill\",\"freeze\"]}")
                        .getAsJsonObject());
        assertThat(VerdictSection.command(summary))
                .isEqualTo("./gemel faults --workload 'a'\\''b; rm' --nemesis kill,freeze --seed -3");
    }

    private RunRecord run(List<NodeSample> samples) {
        return RunRecord.of(Summary.of(new JsonObject()), new History(events), samples);
    }

    private void add(long nanos, String process, Event.Type type, Op op) {
        events.add(event(nanos, process, type, op, KEY, Optional.of("v"), List.of()));
    }

    private void fault(long millis, Event.Type type, String name, String target) {
        events.add(event(millis * 1_000_000, "nemesis", type, Op.FAULT, name, Optional.of(target), List.of()));
    }

    private void view(long nanos, List<Seen> seen) {
        events.add(event(nanos, "w1", Event.Type.OK, Op.VIEW, Labels.service(KEY), Optional.empty(), seen));
    }

    private Event event(
            long nanos, String process, Event.Type type, Op op, String key, Optional<String> value, List<Seen> seen) {
        return new Event(
                events.size(),
                nanos,
                process,
                type,
                op,
                "s1",
                key,
                value,
                OptionalLong.empty(),
                OptionalLong.empty(),
                seen,
                Optional.empty());
    }

    private static NodeSample sample(long millis, String node, String digest, long entries) {
        NodeStatus status = new NodeStatus(
                node,
                "demo",
                "1",
                true,
                "",
                List.of(),
                new NodeStatus.Raft("follower", "s1", 1, 5, 5, "ff"),
                List.of(new NodeStatus.Origin("s1", 1, entries, digest, entries, "live")),
                1,
                entries,
                0,
                NodeStatus.Guard.NONE);
        return new NodeSample(millis * 1_000_000, node, 1, true, Optional.of(status), 10, 10, 1);
    }
}
