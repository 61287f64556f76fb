package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deployment of Nacos's container image that is given this server instead. */
class NacosEnvironmentTest {
    @TempDir
    Path dir;

    @Test
    void aStandaloneServerListensEverywhereAndListsNobody() {
        Settings settings = resolve(Map.of("MODE", "standalone", "NACOS_SERVERS", "a:8848 b:8848"));

        assertThat(settings.value(Setting.BIND)).contains("0.0.0.0");
        assertThat(settings.nacosServers()).isEmpty();
        assertThat(settings.print(Map.of())).containsPattern("bind=0.0.0.0 +# environment MODE\n");
    }

    @Test
    void portAndAddressAreTakenOver() {
        Settings settings = resolve(Map.of("NACOS_APPLICATION_PORT", "9000", "NACOS_SERVER_IP", "10.0.0.7"));

        assertThat(settings.value(Setting.BASE_PORT)).isEqualTo(9000);
        assertThat(settings.value(Setting.HOST)).contains("10.0.0.7");
        assertThat(resolve(Map.of("NACOS_SERVER_PORT", "9001", "NACOS_APPLICATION_PORT", "9000"))
                        .value(Setting.BASE_PORT))
                .isEqualTo(9001);
        assertThat(resolve(Map.of("PREFER_HOST_MODE", "hostname")).value(Setting.HOST))
                .contains(new LocalNames().hostName());
        assertThat(resolve(Map.of("PREFER_HOST_MODE", "ip")).value(Setting.HOST))
                .isEmpty();
    }

    @Test
    void whatOthersMeanBySuchANameIsLeftAlone() {
        Settings settings =
                resolve(Map.of("MODE", "production", "NACOS_SERVER_PORT", "tcp://10.0.0.1:8848", "NACOS_SERVERS", " "));

        assertThat(settings.value(Setting.BIND)).isEmpty();
        assertThat(settings.value(Setting.BASE_PORT)).isEqualTo(8848);
        assertThat(settings.nacosServers()).isEmpty();
        assertThat(settings.remarks()).isEmpty();
    }

    @Test
    void aSettingOfOursWinsWhereverItStands() throws IOException {
        Path file = Files.writeString(dir.resolve("gemel.properties"), "base-port=7777\n");
        Settings settings = Settings.resolve(
                Map.of(),
                Map.of("MODE", "standalone", "NACOS_APPLICATION_PORT", "9000", "GEMEL_BIND", "10.0.0.1"),
                Optional.of(file));

        assertThat(settings.value(Setting.BASE_PORT)).isEqualTo(7777);
        assertThat(settings.value(Setting.BIND)).contains("10.0.0.1");
    }

    @Test
    void whoSaysWhoTheMembersAreIsNotContradicted() {
        Map<String, String> variables = Map.of(
                "NACOS_SERVERS", "a:8848 b:8848",
                "NACOS_SERVER_IP", "10.0.0.1",
                "NACOS_APPLICATION_PORT", "9000",
                "GEMEL_MEMBERS", "s1=127.0.0.1:8848,s2=127.0.0.2:8848");
        Settings settings = resolve(variables);

        assertThat(settings.nacosServers()).isEmpty();
        assertThat(settings.value(Setting.BIND)).isEmpty();
        assertThat(ServerConfig.of(settings, "s1", Optional.empty()).self().host())
                .isEqualTo("127.0.0.1");
        assertThat(resolve(Map.of("NACOS_SERVERS", "a b", "NACOS_SERVER_IP", "10.0.0.1", "GEMEL_JOIN", "c:9848"))
                        .value(Setting.HOST))
                .contains("10.0.0.1");
    }

    @Test
    void withoutNacosItsVariablesMeanNothing() {
        Settings settings = resolve(Map.of("MODE", "standalone", "MYSQL_SERVICE_HOST", "db", "GEMEL_NACOS", "off"));

        assertThat(settings.value(Setting.BIND)).isEmpty();
        assertThat(settings.remarks()).isEmpty();
    }

    @Test
    void aBadValueNamesTheVariable() {
        assertThatThrownBy(() -> resolve(Map.of("NACOS_APPLICATION_PORT", "70000")))
                .hasMessageContaining("base-port: '70000'")
                .hasMessageContaining("set by environment NACOS_APPLICATION_PORT");
    }

    @Test
    void whatHasNoMeaningHereIsNamedOnceWithWhatToDoInstead() {
        assertThat(resolve(Map.of(
                                "SPRING_DATASOURCE_PLATFORM", "mysql",
                                "MYSQL_SERVICE_HOST", "db",
                                "NACOS_AUTH_ENABLE", "true",
                                "JVM_XMX", "1g",
                                "PATH", "/bin"))
                        .remarks())
                .containsExactlyInAnyOrder(
                        "without effect here: MYSQL_SERVICE_HOST, SPRING_DATASOURCE_PLATFORM"
                                + " (there is no database: keep the directory that data-dir names)",
                        "without effect here: NACOS_AUTH_ENABLE"
                                + " (nobody is asked for a password: let nobody reach the ports who must not write)",
                        "without effect here: JVM_XMX (say it with GEMEL_JAVA_OPTS)");
    }

    private static Settings resolve(Map<String, String> environment) {
        return Settings.resolve(Map.of(), environment, Optional.empty());
    }
}
