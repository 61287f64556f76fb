package io.gemel.it.faults.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.bootstrap.cli.Refusals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FaultsCommandTest {
    private record Ended(int code, String out, String err) {}

    private static Ended faults(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = FaultsCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ended(code, out.toString(), err.toString());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(List.of("--workload", "sets"), "--workload: 'sets' (expected: register, set,"),
                Arguments.of(
                        List.of("--nemesis", "kill-leeder"), "--nemesis: 'kill-leeder' (expected: none, kill-one,"),
                Arguments.of(List.of("--time", "10"), "--time: '10' (expected: 2s to 24h, such as 20s, 5m or 2h)"),
                Arguments.of(List.of("--time", "1s"), "--time: '1s' (expected: 2s to 24h"),
                Arguments.of(List.of("--soak", "forever"), "--soak: 'forever' (expected: 2s to 24h"),
                Arguments.of(List.of("--nodes", "4"), "--nodes: 4 (expected: 3 or 5)"),
                Arguments.of(List.of("--nodes", "many"), "--nodes"),
                Arguments.of(List.of("--seed", "x"), "--seed"),
                Arguments.of(List.of("--network", "vpn"), "--network: 'vpn' (expected: auto, namespaces or proxies)"),
                Arguments.of(List.of("--runs", "0"), "--runs: 0 (expected: 1 or more)"),
                Arguments.of(List.of("--bug", "none"), "--bug: 'none' is no seeded bug"),
                Arguments.of(
                        List.of("--check", "/nowhere"),
                        "--check: /nowhere has no schedule.json (expected: the directory of a run)"),
                Arguments.of(List.of("--wrokload", "set"), "option '--wrokload' is unknown"),
                Arguments.of(List.of("set"), "'set'"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsRefusedWithWhatWasExpected(List<String> arguments, String cause) {
        Ended ended = faults(arguments.toArray(String[]::new));
        assertThat(ended.code()).isEqualTo(Refusals.USAGE);
        assertThat(ended.err()).contains("error USAGE: ").contains(cause).contains("do: ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aDirectoryWithSomethingElseInItIsNotTouched(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("thesis.txt"), "years of work");
        Ended ended = faults("--out", dir.toString(), "--nemesis", "none");
        assertThat(ended.code()).isEqualTo(Refusals.USAGE);
        assertThat(ended.err()).contains("--out: ").contains("holds something else");
        assertThat(dir.resolve("thesis.txt")).exists();
    }

    @Test
    void theListNamesEverythingAndSaysWhatCannotBeDoneHere() {
        Ended ended = withoutAgent("--list");
        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("register", "churn", "mixed", "partition-halves", "power-loss-one", "linearizability")
                .contains("membership", "address-change")
                .contains("[not here: agent: no-agent.jar is missing");
    }

    @Test
    void whatCannotBeInjectedIsSkippedAndNeverPassed() {
        Ended ended = withoutAgent("--nemesis", "fail-point");
        assertThat(ended.code()).isEqualTo(FaultsCommand.NOTHING_INJECTED);
        assertThat(ended.out())
                .contains("skipped    fail-point: agent: no-agent.jar is missing")
                .contains("SKIPPED")
                .doesNotContain("PASSED");
    }

    /** On a machine that cannot inject everything. */
    private static Ended withoutAgent(String... arguments) {
        String property = "gemel.faults.agent";
        Optional<String> before = Optional.ofNullable(System.getProperty(property));
        System.setProperty(property, "no-agent.jar");
        try {
            return faults(arguments);
        } finally {
            before.ifPresentOrElse(jar -> System.setProperty(property, jar), () -> System.clearProperty(property));
        }
    }

    @Test
    void aSoakLeavesAnOverviewAlsoOfRunsThatCouldNotBeCarriedOut(@TempDir Path dir) throws IOException {
        Optional<String> before = Optional.ofNullable(System.getProperty("gemel.jar"));
        System.setProperty("gemel.jar", dir.resolve("no-server.jar").toString());
        Path out = dir.resolve("soak");
        String[] soak = {
            "--soak=1h",
            "--runs=2",
            "--time=2s",
            "--network=proxies",
            "--workload=set",
            "--nemesis=kill-one,pause-leader",
            "--out=" + out
        };
        try {
            Ended ended = faults(soak);

            assertThat(ended.code()).isEqualTo(Refusals.REFUSED);
            assertThat(ended.out()).contains("2 runs: 0 passed, 0 skipped, 2 did not pass", "index.html");
            assertThat(Files.readString(out.resolve("index.html")))
                    .contains("2 runs: 0 passed, 0 failed, 2 not decided", "0001-set-", "0002-set-");
            assertThat(faults(soak).out()).as("in the place of the first").contains("2 runs: ");
        } finally {
            before.ifPresentOrElse(
                    jar -> System.setProperty("gemel.jar", jar), () -> System.clearProperty("gemel.jar"));
        }
    }
}
