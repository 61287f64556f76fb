package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.bootstrap.StartRefused.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path dir;

    @Test
    void withoutAnyLayerEachSettingHasItsDefault() {
        Settings settings = resolve(Map.of(), Map.of());

        assertThat(settings.value(Setting.BASE_PORT)).isEqualTo(8848);
        assertThat(settings.value(Setting.ELECTION_TIMEOUT)).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.value(Setting.NODE_ID)).isEmpty();
        assertThat(settings.value(Setting.MEMBERS)).isEmpty();
        assertThat(settings.isSet(Setting.BASE_PORT)).isFalse();
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = file("base-port=1111\ncluster-name=file\nlog-level=debug\n");
        Settings settings = Settings.resolve(
                Map.of("base-port", "3333"),
                Map.of("GEMEL_BASE_PORT", "2222", "GEMEL_CLUSTER_NAME", "env"),
                Optional.of(file));

        assertThat(settings.value(Setting.BASE_PORT)).isEqualTo(3333);
        assertThat(settings.value(Setting.CLUSTER_NAME)).isEqualTo("env");
        assertThat(settings.value(Setting.LOG_LEVEL)).isEqualTo("debug");
        assertThat(settings.print(Map.of("client-port", "4333")))
                .containsPattern("base-port=3333 +# flag --base-port\n")
                .containsPattern("cluster-name=env +# environment GEMEL_CLUSTER_NAME\n")
                .containsPattern("log-level=debug +# file .*gemel.properties:3\n")
                .containsPattern("client-port=4333 +# derived\n")
                .containsPattern("data-dir=./data +# default\n");
    }

    @Test
    void whatPrintConfigPrintsIsAFileThatMeansTheSame() throws IOException {
        Settings settings = resolve(Map.of("members", "s1=[::1]:8848,s2=b:1001/2/3", "resume-window", "0s"), Map.of());
        ServerConfig config = ServerConfig.of(settings, "s2", Optional.empty());
        Settings again = Settings.resolve(Map.of(), Map.of(), Optional.of(file(settings.print(config.derived()))));
        ServerConfig configAgain = ServerConfig.of(again, "s2", Optional.empty());

        assertThat(configAgain.members().all()).isEqualTo(config.members().all());
        assertThat(configAgain.derived()).isEqualTo(config.derived());
        assertThat(configAgain.resumeWindow()).isEqualTo(Duration.ZERO);
    }

    @Test
    void theEnvironmentMayNameTheFile() throws IOException {
        Path file = file("base-port=1111");

        assertThat(resolve(Map.of(), Map.of("GEMEL_CONFIG", file.toString())).value(Setting.BASE_PORT))
                .isEqualTo(1111);
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearestOne() {
        assertThatThrownBy(() -> resolve(Map.of(), Map.of("GEMEL_DATADIR", "x")))
                .isInstanceOfSatisfying(StartRefused.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(Code.UNKNOWN_SETTING);
                    assertThat(refusal).hasMessage("environment variable GEMEL_DATADIR is unknown");
                    assertThat(refusal.whatToDo()).isEqualTo("did you mean GEMEL_DATA_DIR?");
                });
    }

    @Test
    void variablesOfTheCommandLineAndOfOthersAreLeftAlone() {
        assertThat(resolve(Map.of(), Map.of("GEMEL_SERVER", "a:1", "GEMEL_JAVA_OPTS", "-Xmx1g", "PATH", "/bin"))
                        .value(Setting.BASE_PORT))
                .isEqualTo(8848);
    }

    @Test
    void anUnknownKeyOfTheFileIsRefusedWithLineAndNearestKey() throws IOException {
        Path file = file("# mine\n\nbase-prot=1111\n");

        assertThatThrownBy(() -> Settings.resolve(Map.of(), Map.of(), Optional.of(file)))
                .isInstanceOfSatisfying(StartRefused.class, refusal -> {
                    assertThat(refusal).hasMessage(file + ":3: key 'base-prot' is unknown");
                    assertThat(refusal.whatToDo()).isEqualTo("did you mean base-port?");
                });
    }

    @Test
    void anUnknownKeyThatResemblesNothingPointsToTheHelp() throws IOException {
        Path file = file("something-else-entirely=1\n");

        assertThatThrownBy(() -> Settings.resolve(Map.of(), Map.of(), Optional.of(file)))
                .isInstanceOfSatisfying(
                        StartRefused.class,
                        refusal -> assertThat(refusal.whatToDo()).contains("gemel server --help"));
    }

    @Test
    void aLineWithoutEqualsAndAKeySetTwiceAreRefused() throws IOException {
        Path noEquals = file("base-port 1111\n");
        assertThatThrownBy(() -> Settings.resolve(Map.of(), Map.of(), Optional.of(noEquals)))
                .hasMessage(noEquals + ":1: 'base-port 1111' (expected: key=value)");
        Path twice = file("base-port=1111\nbase-port=2222");
        assertThatThrownBy(() -> Settings.resolve(Map.of(), Map.of(), Optional.of(twice)))
                .hasMessage(twice + ":2: key 'base-port' is set twice, first by file " + twice + ":1");
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        Path missing = dir.resolve("missing");
        assertRefusedFile(missing, "does not exist");
        assertRefusedFile(dir, "cannot be read");
        Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertRefusedFile(binary, "is not UTF-8 text");
    }

    private static void assertRefusedFile(Path path, String why) {
        assertThatThrownBy(() -> Settings.resolve(Map.of(), Map.of(), Optional.of(path)))
                .isInstanceOfSatisfying(
                        StartRefused.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.BAD_CONFIG_FILE))
                .hasMessageStartingWith("config: " + path + " " + why);
    }

    @Test
    void aBadValueNamesKeyValueExpectationAndSource() {
        assertBadValue("election-timeout", "5", "a duration such as 500ms, 2s or 1m, from 100ms to 1m");
        assertBadValue("election-timeout", "1ms", "a duration such as 500ms, 2s or 1m, from 100ms to 1m");
        assertBadValue("client-port", "70000", "a number, 1..65535");
        assertBadValue("raft-port", "0", "a number, 1..65535");
        assertBadValue("base-port", "eighty", "a number, 1001..64534");
        assertBadValue("base-port", "65000", "a number, 1001..64534");
        assertBadValue("log-level", "loud", "one of error, warn, info, debug, trace");
        assertBadValue("node-id", "a b", "1..64 of A-Z a-z 0-9 _ . -, starting with a letter, digit or _");
        assertBadValue("bind", "not a host", "an IP address or a host name");
        assertBadValue("members", "s1=host", "s1=host:base-port or s1=host:client/server/raft, separated by commas");
        assertBadValue("members", "s1=h:1/2", "s1=host:base-port or s1=host:client/server/raft, separated by commas");
        assertBadValue("members", "s1=h:8848,", "s1=host:base-port or s1=host:client/server/raft, separated by commas");
    }

    private static void assertBadValue(String name, String value, String expected) {
        assertThatThrownBy(() -> resolve(Map.of(name, value), Map.of()))
                .isInstanceOfSatisfying(
                        StartRefused.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.BAD_SETTING))
                .hasMessage("%s: '%s' (expected: %s; set by flag --%s)".formatted(name, value, expected, name));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(dir.resolve("gemel.properties"), text);
    }

    private static Settings resolve(Map<String, String> flags, Map<String, String> environment) {
        return Settings.resolve(flags, environment, Optional.empty());
    }
}
