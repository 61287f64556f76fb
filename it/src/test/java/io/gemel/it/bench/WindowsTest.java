package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WindowsTest {
    /** Whoever else uses the machine: windows so short catch any share of it, as the system counts in hundredths of a second. */
    private static final double ANY_SHARE = Double.MAX_VALUE;

    private static Plan plan(Duration warmUp) {
        return new Plan(
                Path.of("unused"),
                1,
                2,
                Duration.ofMillis(1),
                warmUp,
                ANY_SHARE,
                List.of(1),
                1,
                1,
                1,
                Plan.Load.USUAL,
                System::nanoTime,
                new PrintWriter(new StringWriter()));
    }

    /** Two phases, of which each tells that it was there. */
    private static Windows.Phases phases(Plan plan, List<String> log) {
        return new Windows.Phases() {
            @Override
            public void between() {
                log.add("between");
            }

            @Override
            public ClosedLoop.Tally window() {
                log.add("window");
                return ClosedLoop.run(
                        plan.ticker(), 1, 1, (caller, sequence) -> CompletableFuture.completedFuture("done"));
            }
        };
    }

    @Test
    void phasesTakeTurnsAndWhatIsBetweenWindowsCostsNothing() {
        List<String> log = new ArrayList<>();
        // The servers use a second in each phase that is not measured.
        Result result = Windows.measure(
                plan(Duration.ZERO),
                () -> Duration.ofSeconds(log.stream().filter("between"::equals).count()),
                phases(plan(Duration.ZERO), log),
                "a",
                "b");

        assertThat(log).containsExactly("between", "window", "between", "window");
        assertThat(result.figures().get("server us/op")).isEqualTo(Spread.of(0, 0));
        assertThat(result.notes()).isEmpty();
    }

    @Test
    void theWarmUpRunsWholePhasesThatDoNotCount() {
        List<String> log = new ArrayList<>();
        Result result = Windows.measure(
                plan(Duration.ofMillis(5)), () -> Duration.ZERO, phases(plan(Duration.ZERO), log), "a", "b");

        assertThat(log).hasSizeGreaterThan(4);
        assertThat(result.figures().get("per s"))
                .isNotNull()
                .satisfies(rate -> assertThat(rate.repetitions()).isEqualTo(2));
    }
}
