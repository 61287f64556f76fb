package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is measured through nacos-client is measured without a failed call, and nothing is left behind. */
class NacosMeasuresIT {
    @TempDir
    private Path dir;

    private Plan plan() {
        return new Plan(
                dir,
                1,
                1,
                Duration.ofMillis(200),
                Duration.ofMillis(200),
                1.0,
                List.of(8),
                4,
                1,
                1,
                new Plan.Load(1, List.of(1), 1_000, 1, 1, 1),
                System::nanoTime,
                new PrintWriter(new StringWriter()));
    }

    static Stream<Measure> loads() {
        return Stream.of(
                new NacosRegisterMeasure(false),
                new NacosRegisterMeasure(true),
                new NacosFindMeasure(),
                new NacosPersistentMeasure());
    }

    @ParameterizedTest
    @MethodSource("loads")
    void everyCallOfALoadIsAnswered(Measure load) throws IOException {
        assertThat(load.missing()).isEmpty();
        List<Result> results = load.run(plan());

        assertThat(results).isNotEmpty().allSatisfy(result -> {
            assertThat(result.figures())
                    .containsOnlyKeys("per s", "p50 ms", "p99 ms", "server us/op", "driver us/op", "others %");
            assertThat(result.figures().get("per s"))
                    .isNotNull()
                    .satisfies(rate -> assertThat(rate.median()).isPositive());
            assertThat(result.notes()).noneMatch(note -> note.contains("failed"));
        });
        assertThat(dir).isEmptyDirectory();
    }

    static Stream<Measure> others() {
        return Stream.of(new NacosWatchMeasure(true), new NacosWatchMeasure(false), new NacosStartMeasure());
    }

    @ParameterizedTest
    @MethodSource("others")
    void everyFigureIsThere(Measure measure) throws IOException {
        assertThat(measure.run(plan()))
                .singleElement()
                .satisfies(result -> assertThat(result.figures().values())
                        .isNotEmpty()
                        .allSatisfy(figure -> assertThat(figure.median()).isPositive()));
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aServerHoldsAllThatItsSizeIsMeasuredWith() throws IOException {
        NacosSizeMeasure size = new NacosSizeMeasure();
        assumeThat(size.missing()).isEmpty();

        assertThat(size.run(plan())).singleElement().satisfies(result -> {
            assertThat(result.setup()).isEqualTo("1 node, 1,000 instances over 4 clients");
            assertThat(result.figures()).containsKeys("RSS MB", "live heap MB");
        });
    }
}
