package io.gemel.it.faults.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.agent.FailPoints;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.Injection;
import io.gemel.it.faults.nemesis.Nemeses;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlayerTest {
    private final FakeStage stage = new FakeStage();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @TempDir
    private Path dir = Path.of("");

    private HistoryWriter history = HistoryWriter.create(Path.of("/dev/null"), System::nanoTime);

    @BeforeEach
    void begin() {
        history.close();
        history = HistoryWriter.create(dir.resolve("history.jsonl"), System::nanoTime);
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
        history.close();
    }

    private FaultPlayer player() {
        return new FaultPlayer(stage, history, new Progress(new PrintWriter(new StringWriter()), false));
    }

    private static PlannedFault fault(int from, int to, String name, Injection injection) {
        return new PlannedFault(Duration.ofMillis(from), Duration.ofMillis(to), name, "s1", injection);
    }

    /** Writes down when it comes and goes. */
    private class Noted implements Injection {
        private final String name;

        Noted(String name) {
            this.name = name;
        }

        @Override
        public String inject(Stage met) {
            stage.done.add("+" + name);
            return "s1";
        }

        @Override
        public void heal(Stage met) {
            stage.done.add("-" + name);
        }
    }

    private final class Alone extends Noted implements Exclusive {
        Alone(String name) {
            super(name);
        }

        @Override
        public String claim() {
            return EVERYTHING;
        }
    }

    @Test
    void everyFaultIsInjectedHealedAndInTheHistory() {
        FaultPlayer player = player();
        player.play(
                new Schedule(List.of(fault(0, 10, "a", new Noted("1")), fault(20, 30, "a", new Noted("2")))),
                Duration.ofSeconds(2),
                threads);

        assertThat(stage.done).containsExactly("+1", "-1", "+2", "-2");
        assertThat(history.history().of(Op.FAULT))
                .extracting(Event::type)
                .containsExactly(Event.Type.INVOKE, Event.Type.OK, Event.Type.INVOKE, Event.Type.OK);
        assertThat(player.outcomes().get("a")).isEqualTo(new FaultPlayer.Outcome(2, ""));
    }

    @Test
    void aFaultThatCannotBeInjectedIsHealedAndCountsAsNotInjected() {
        Nemesis lossy = Nemeses.all().stream()
                .filter(one -> one.name().equals("lossy"))
                .findFirst()
                .orElseThrow();
        List<PlannedFault> planned =
                lossy.schedule(new SplittableRandom(1), Duration.ofSeconds(2), List.of("s1", "s2", "s3"));
        FaultPlayer player = player();
        player.play(new Schedule(planned), Duration.ofSeconds(2), threads);

        assertThat(player.outcomes().get("lossy")).isEqualTo(new FaultPlayer.Outcome(0, "nothing is lost here"));
        assertThat(history.history().of(Op.FAULT))
                .extracting(Event::type)
                .contains(Event.Type.FAIL)
                .doesNotContain(Event.Type.OK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailPointCountsAsInjectedOnlyIfTheServerDiedThere(boolean reached) throws IOException {
        FakeStage armed = new FakeStage(dir, reached);
        for (ServerNode server : armed.servers()) {
            Files.createDirectories(server.dir());
        }
        Schedule planned = new Schedule(FailPoints.nemesis()
                .schedule(new SplittableRandom(1), Duration.ofSeconds(2), List.of("s1", "s2", "s3"))
                .subList(0, 1));
        FaultPlayer player = new FaultPlayer(armed, history, new Progress(new PrintWriter(new StringWriter()), false));

        player.play(planned, Duration.ofSeconds(2), threads);

        FaultPlayer.Outcome outcome =
                Optional.ofNullable(player.outcomes().get("fail-point")).orElseThrow();
        assertThat(outcome.injected()).isEqualTo(reached ? 1 : 0);
        assertThat(outcome.failure()).startsWith(reached ? "" : "not reached by ");
    }

    @Test
    void whatIsSafeOnlyAloneWaitsForAllOthers() {
        FaultPlayer player = player();
        player.play(
                new Schedule(
                        List.of(fault(0, 800, "long", new Noted("long")), fault(400, 900, "alone", new Alone("x")))),
                Duration.ofSeconds(3),
                threads);

        assertThat(stage.done).containsExactly("+long", "-long", "+x", "-x");
    }

    @Test
    void faultsOfDifferentNamesOverlap() {
        FaultPlayer player = player();
        player.play(
                new Schedule(List.of(fault(0, 1_000, "a", new Noted("a")), fault(300, 400, "b", new Noted("b")))),
                Duration.ofSeconds(2),
                threads);

        assertThat(stage.done).containsExactlyInAnyOrder("+a", "+b", "-b", "-a").containsSubsequence("+b", "-a");
    }

    @Test
    void nothingIsInjectedAfterAStopAndWhatWasInForceIsHealed() throws InterruptedException {
        FaultPlayer player = player();
        Thread playing = new Thread(() -> player.play(
                new Schedule(
                        List.of(fault(0, 60_000, "a", new Noted("1")), fault(60_001, 60_002, "a", new Noted("2")))),
                Duration.ofMinutes(2),
                threads));
        playing.start();
        org.awaitility.Awaitility.await().until(() -> stage.done.contains("+1"));
        player.stop();
        playing.join();

        assertThat(stage.done).containsExactly("+1", "-1");
    }

    @Test
    void aPartitionLeavesNoGuestOnBothSides() {
        var unused = stage.invite("s4");
        Injection halves = first("partition-halves").injection();
        Set<String> cut = Set.of(halves.inject(stage).split(","));
        Set<String> hears = Stream.of("s1", "s2", "s3")
                .filter(founder -> !cut.contains("s4>" + founder))
                .collect(Collectors.toSet());

        assertThat(hears).isNotEmpty().hasSizeLessThan(3);
        for (String side : List.of("s1", "s2", "s3")) {
            assertThat(cut.contains(side + ">s4")).isEqualTo(!hears.contains(side));
        }
    }

    @Test
    void aServerMovesWhenItHasEndedAndStaysThere() {
        stage.answering = true;
        Injection move = first("address-change").injection();
        assertThat(move.inject(stage)).matches("s[123] \\((killed|stopped)\\) moves");
        move.heal(stage);

        assertThat(stage.done)
                .hasSize(3)
                .satisfies(done -> assertThat(done.get(0)).matches("(kill|terminate) s[123]"))
                .satisfies(done -> assertThat(done.get(1)).startsWith("move s"))
                .satisfies(done -> assertThat(done.get(2)).startsWith("start s"));
    }

    private static PlannedFault first(String name) {
        return Nemeses.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .schedule(new SplittableRandom(2), Duration.ofSeconds(10), List.of("s1", "s2", "s3"))
                .stream()
                .min(Comparator.comparing(PlannedFault::from))
                .orElseThrow();
    }

    @Test
    void everyNemesisOfServersUndoesWhatItDid() {
        for (String name :
                List.of("kill-one", "kill-leader", "kill-majority", "kill-all", "pause-leader", "rolling-restart")) {
            stage.done.clear();
            PlannedFault fault = first(name);
            String met = fault.injection().inject(stage);
            long harmed = stage.done.size();
            fault.injection().heal(stage);
            assertThat(stage.done).as(name).hasSize((int) (2 * harmed));
            assertThat(met).as(name).matches(".*s[123].*");
        }
    }
}
