package io.gemel.bootstrap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().keySet().stream().filter(name -> !name.equals("rehearse"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithAnExample(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: gemel " + command).containsPattern("Examples?:\\R  gemel ");
    }

    static Stream<String> clusterCommands() {
        return requireNonNull(Main.commandLine().getSubcommands().get("cluster")).getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("clusterCommands")
    void everyClusterCommandHasHelpWithAnExample(String command) {
        assertThat(run("cluster", command, "--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: gemel cluster " + command)
                .containsPattern("Examples?:\\R  gemel cluster " + command);
    }

    @Test
    void theHelpListsTheCommandsForPeopleOnly() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("server", "demo", "register", "deregister", "get", "services", "watch", "status", "cluster")
                .doesNotContain("rehearse");
    }

    @Test
    void theVersionIsOneLine() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("gemel \\S+ \\(Java .*\\)\\R");
    }

    @Test
    void aMistypedCommandOrOptionIsRefusedWithTheNearestOne() {
        assertRefused(2, "error USAGE: command 'sevrer' is unknown", "do: did you mean server?", "sevrer");
        assertRefused(
                2,
                "error USAGE: option '--dta-dir=x' is unknown",
                "do: did you mean --data-dir?",
                "server",
                "--dta-dir=x");
        assertRefused(
                2,
                "error USAGE: option '--persistant' is unknown",
                "do: did you mean --persistent?",
                "register",
                "a",
                "b:1",
                "--persistant");
    }

    @Test
    void aMissingOrMalformedArgumentIsRefused() {
        assertRefused(
                2,
                "error USAGE: Missing required parameters: 'SERVICE', 'IP:PORT'",
                "do: see 'gemel register --help'",
                "register");
        assertRefused(
                2,
                "error USAGE: Invalid value for positional parameter at index 1 (IP:PORT): 'nowhere' (expected: IP:PORT, or [IP]:PORT for IPv6)",
                "do: see 'gemel register --help'",
                "register",
                "a",
                "nowhere");
        assertRefused(
                2,
                "error USAGE: server: 'a:99999' (expected: a port in 1..65535)",
                "do: see 'gemel get --help'",
                "get",
                "a",
                "--server=a:99999");
        assertRefused(
                2,
                "error USAGE: --timeout: 0 (expected: 1..3600 seconds)",
                "do: see 'gemel get --help'",
                "get",
                "a",
                "--timeout=0");
    }

    @Test
    void whatContradictsItselfIsRefusedInsteadOfHalfIgnored() {
        String help = "do: see 'gemel register --help'";
        assertRefused(
                2,
                "error USAGE: --ephemeral and --persistent (expected: one of the two)",
                help,
                "register",
                "orders",
                "10.0.0.1:80",
                "--ephemeral",
                "--persistent");
        assertRefused(
                2,
                "error USAGE: --metadata: 'zone' twice (expected: each key once)",
                help,
                "register",
                "orders",
                "10.0.0.1:80",
                "--metadata=zone=a",
                "--metadata=zone=b");
        assertRefused(
                2,
                "error USAGE: --metadata: 'zone' (expected: KEY=VALUE)",
                help,
                "register",
                "orders",
                "10.0.0.1:80",
                "--metadata=zone");
        assertRefused(
                2,
                "error USAGE: --check-port: without --check (expected: --check=KIND with it; it sets the whole check)",
                "do: see 'gemel service set --help'",
                "service",
                "set",
                "orders",
                "--check-port=80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"999.1.1.1", "10.0.0", "10.0.0.1.", "1", "10.00.0.1"})
    void numbersThatAreNoAddressAreNotTakenForAHostName(String ip) {
        assertRefused(
                2,
                "error USAGE: IP:PORT: '%s' (expected: an IPv4 or IPv6 address or a host name)".formatted(ip),
                "do: see 'gemel register --help'",
                "register",
                "orders",
                ip + ":80");
    }

    @Test
    void anInvalidInstanceIsRefusedWithoutAskingAServer() {
        assertRefused(
                1,
                "error BAD_REQUEST: port: 70000 (expected: 1..65535)",
                "do: correct the named field and send again",
                "register",
                "a",
                "10.0.0.1:70000");
        assertRefused(
                1,
                "error BAD_REQUEST: weight: NaN (expected: 0..10000)",
                "do: correct the named field and send again",
                "register",
                "a",
                "10.0.0.1:1",
                "--weight=NaN");
    }

    @Test
    void withoutAServerTheExitCodeSaysSo() {
        assertThat(run("get", "a", "--server=127.0.0.1:1", "--timeout=1")).isEqualTo(3);
        assertThat(err.toString())
                .startsWith("error UNAVAILABLE: ")
                .contains("127.0.0.1:1")
                .contains("\ndo: ");
        assertThat(err.toString().lines()).hasSize(2);
    }

    @Test
    void aBadSettingIsWrongUsageABadDirectoryIsARefusal() throws Exception {
        assertRefused(
                2,
                "error BAD_SETTING: base-port: '99999' (expected: a number, 1001..64534; set by flag --base-port)",
                "do: correct it there",
                "server",
                "--base-port=99999");
        Path file = Files.writeString(dir.resolve("file"), "");
        assertRefused(
                1,
                "error BAD_DATA_DIR: data-dir: " + file + " is a file",
                "do: name a directory",
                "server",
                "--data-dir=" + file);
    }

    @Test
    void printConfigShowsEverySettingAndTouchesNothing() {
        Path data = dir.resolve("data");

        assertThat(run("server", "--print-config", "--data-dir=" + data)).isZero();
        assertThat(out.toString().lines()).hasSize(Setting.ALL.size() + 1);
        assertThat(data).doesNotExist();
    }

    private void assertRefused(int code, String cause, String whatToDo, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(code);
        assertThat(err.toString().lines()).hasSize(2);
        assertThat(err.toString().lines().findFirst()).contains(cause);
        assertThat(err.toString().lines().skip(1).findFirst().orElseThrow()).startsWith(whatToDo);
        assertThat(out.toString()).isEmpty();
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
