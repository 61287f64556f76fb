package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bootstrap.cli.Refusals;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadToolTest {
    private static final EtcdProgram NO_ETCD = EtcdProgram.on("");

    private record Ended(int code, List<String> out, String err) {}

    /** Needs no server: each row tells how many callers there were. */
    private record Counting(String name, String figure) implements Measure {
        @Override
        public String question() {
            return "counts callers";
        }

        @Override
        public List<Result> run(Plan plan) {
            return plan.callers().stream()
                    .map(count -> new Result(name, count + " callers", Map.of(figure, Spread.of(count)), List.of()))
                    .toList();
        }
    }

    private static Ended bench(List<Measure> measures, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = LoadTool.commandLine(measures)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ended(code, out.toString().lines().toList(), err.toString());
    }

    @Test
    void withoutEtcdItsMeasuresAreSkippedWithALineEachAndTheOthersGoOn() {
        List<Measure> measures =
                List.of(new EtcdPutMeasure(NO_ETCD), new Counting("a", "n"), new EtcdRangeMeasure(NO_ETCD));

        Ended ended = bench(measures, "--callers", "3");

        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .containsExactly(
                        "etcd-persistent-3: skipped: no 'etcd' on the PATH; install the Debian package etcd-server to compare",
                        "etcd-find-linearizable-3: skipped: no 'etcd' on the PATH; install the Debian package etcd-server to compare",
                        "a: counts callers",
                        "  setup      n",
                        "  3 callers  3.00",
                        "");
    }

    @Test
    void whatIsSkippedStaysOutOfJson() {
        Ended ended = bench(List.of(new EtcdPutMeasure(NO_ETCD)), "etcd-persistent-3", "--output", "json");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).containsExactly("[]");
        assertThat(ended.err()).contains("etcd-persistent-3: skipped: no 'etcd' on the PATH");
    }

    @Test
    void measuresComeOneAfterTheOther() {
        List<Measure> measures = List.of(new Counting("a", "n"), new Counting("b", "n"));

        assertThat(bench(measures, "a", "b", "--callers", "1,2").out())
                .containsExactly(
                        "a: counts callers",
                        "  setup      n",
                        "  1 callers  1.00",
                        "  2 callers  2.00",
                        "",
                        "b: counts callers",
                        "  setup      n",
                        "  1 callers  1.00",
                        "  2 callers  2.00",
                        "");
    }

    @Test
    void measuresToCompareTakeTurnsInOneTable() {
        List<Measure> measures = List.of(new Counting("a", "n"), new Counting("b", "n"));

        assertThat(bench(measures, "a", "b", "--callers", "1,2", "--alternate").out())
                .containsExactly(
                        "a: counts callers",
                        "b: counts callers",
                        "  measure  setup      n",
                        "  a        1 callers  1.00",
                        "  b        1 callers  1.00",
                        "  a        2 callers  2.00",
                        "  b        2 callers  2.00",
                        "");
    }

    @Test
    void measuresWithOtherFiguresGetATableOfTheirOwn() {
        List<Measure> measures = List.of(new Counting("a", "n"), new Counting("b", "m"));

        assertThat(bench(measures, "a", "b", "--callers", "1", "--alternate").out())
                .containsExactly(
                        "a: counts callers",
                        "b: counts callers",
                        "  measure  setup      n",
                        "  a        1 callers  1.00",
                        "  measure  setup      m",
                        "  b        1 callers  1.00",
                        "");
    }

    /** Fails at one of its steps. */
    private record Failing() implements Measure {
        @Override
        public String name() {
            return "big";
        }

        @Override
        public String question() {
            return "fails";
        }

        @Override
        public boolean onlyIfNamed() {
            return true;
        }

        @Override
        public List<Result> run(Plan plan) {
            return List.of(
                    new Result("big", plan.instances() + " instances", Map.of("n", Spread.of(1)), List.of()),
                    Result.failed("big", "restart", "it did not start"));
        }
    }

    @Test
    void aStepThatFailsIsAnErrorBesideWhatWasMeasured() {
        Ended ended = bench(List.of(new Failing()), "big", "--instances", "7");

        assertThat(ended.code()).isEqualTo(Refusals.REFUSED);
        assertThat(ended.out())
                .containsExactly(
                        "big: fails",
                        "  setup        n",
                        "  7 instances  1.00",
                        "  setup",
                        "  restart",
                        "  note: restart: ERROR: it did not start",
                        "");
        assertThat(ended.err()).contains("error CANNOT_MEASURE: big: restart: ERROR: it did not start");
    }

    @Test
    void aBigMeasureRunsOnlyIfNamed() {
        Ended ended = bench(List.of(new Failing(), new Counting("a", "n")), "--callers", "1");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).containsExactly("a: counts callers", "  setup      n", "  1 callers  1.00", "");
    }

    @Test
    void aMeasureOfSizeNeedsInstances() {
        Ended ended = bench(List.of(new Failing()), "big", "--instances", "0");

        assertThat(ended.code()).isEqualTo(Refusals.USAGE);
        assertThat(ended.err()).contains("--instances: 0 (expected: 1 or more)");
    }

    @Test
    void anUnknownMeasureIsRefusedWithThoseThereAre() {
        Ended ended = bench(List.of(new EtcdPutMeasure(NO_ETCD), new EtcdRangeMeasure(NO_ETCD)), "etcd");

        assertThat(ended.code()).isEqualTo(Refusals.USAGE);
        assertThat(ended.err())
                .contains("'etcd' is no measure (expected: etcd-persistent-3, etcd-find-linearizable-3)");
    }

    @Test
    void theListTellsWhatIsMeasured() {
        assertThat(bench(List.of(new EtcdPutMeasure(NO_ETCD)), "--list").out())
                .containsExactly(
                        "etcd-persistent-3           puts of 200 bytes per second with 3 servers of etcd, to compare");
    }
}
