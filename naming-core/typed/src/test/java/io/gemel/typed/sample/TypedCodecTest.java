package io.gemel.typed.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.LabelSelector;
import io.gemel.typed.Schedule;
import io.gemel.typed.Selector;
import io.gemel.typed.TypedCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of all kinds go there and back; values that are out of range go nowhere. */
class TypedCodecTest {
    private static final Schedule QUICK = new Schedule(Duration.ofMillis(500), Duration.ofMillis(250), 1, 2);
    private static final TypedCodec CODEC = TypedCodec.installed();

    static List<Object> values() {
        return List.of(
                new HealthCheck.None(),
                new HealthCheck.Tcp(Schedule.USUAL, Optional.empty()),
                new HealthCheck.Tcp(QUICK, Optional.of(8080)),
                new HealthCheck.Http(
                        QUICK, Optional.of(1), "/health?full=1", List.of(200, 204), Optional.of("shop.example:81")),
                new HealthCheck.Http(Schedule.USUAL, Optional.empty(), "/", List.of(200), Optional.empty()),
                new HealthCheck.GrpcHealth(QUICK, Optional.empty(), "shop.Orders"),
                new HealthCheck.GrpcHealth(QUICK, Optional.empty(), ""),
                new HealthCheck.MySql(QUICK, Optional.of(3306)),
                new LabelSelector(Map.of("zone", "a", "größe", "\ud83d\ude80")),
                new Beacon(3, new HealthCheck.Tcp(QUICK, Optional.empty())));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueComesBackEqual(Object value) {
        assertThat(CODEC.decode(CODEC.encode(List.of(value)))).containsExactly(value);
    }

    @Test
    void manyValuesShareTheirDefinitionsAndEqualValuesHaveEqualBytes() {
        byte[] all = CODEC.encode(values());

        assertThat(CODEC.decode(all)).isEqualTo(values());
        assertThat(CODEC.encode(CODEC.decode(all))).isEqualTo(all);
        assertThat(CODEC.encode(List.of())).isEmpty();
        assertThat(CODEC.decode(new byte[0])).isEmpty();
    }

    @Test
    void aValueWithoutAFormIsNotWritten() {
        assertThatThrownBy(() -> CODEC.encode(List.of(new StringBuilder())))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("java.lang.StringBuilder (expected: a class with a form");
        assertThatThrownBy(() -> CODEC.encode(List.of("text")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("expected: an object");
    }

    @Test
    void whatAPluginAddsIsUnknownWithoutIt() {
        byte[] bytes = CODEC.encode(List.of(new Beacon(1, new HealthCheck.Tcp(QUICK, Optional.empty()))));

        assertThatThrownBy(() -> new TypedCodec(List.of()).decode(bytes))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("class 'sample.Beacon'")
                .hasMessageContaining("gemel.check.Tcp");
    }

    @Test
    void aPluginCannotTakeTheNameOrTheClassOfAnotherForm() {
        assertThatThrownBy(() -> new TypedCodec(List.of(new Beacon.Plugin(), new Beacon.Plugin())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sample.Beacon");
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        refused("interval: 100 ms", () -> new Schedule(Duration.ofMillis(100), Duration.ofMillis(50), 1, 1));
        refused("interval: 3600001 ms", () -> new Schedule(Duration.ofMillis(3_600_001), Duration.ofMillis(50), 1, 1));
        refused("timeout: 49 ms", () -> new Schedule(Duration.ofSeconds(1), Duration.ofMillis(49), 1, 1));
        refused("timeout: 2000 ms", () -> new Schedule(Duration.ofSeconds(1), Duration.ofSeconds(2), 1, 1));
        refused("rise: 0", () -> new Schedule(Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 1));
        refused("fall: 21", () -> new Schedule(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 21));
        refused("port: 0", () -> new HealthCheck.Tcp(QUICK, Optional.of(0)));
        refused("port: 65536", () -> new HealthCheck.MySql(QUICK, Optional.of(65_536)));
        refused("path: 'x'", () -> http("x", List.of(200), Optional.empty()));
        refused("path: '/\\u000d\\u000aHost: evil'", () -> http("/\r\nHost: evil", List.of(200), Optional.empty()));
        refused("expected: 0 statuses", () -> http("/", List.of(), Optional.empty()));
        refused("expected: 99", () -> http("/", List.of(200, 99), Optional.empty()));
        refused("host: 'a b'", () -> http("/", List.of(200), Optional.of("a b")));
        refused("service: 'a\\u000ab'", () -> new HealthCheck.GrpcHealth(QUICK, Optional.empty(), "a\nb"));
        refused("labels: 0", () -> new LabelSelector(Map.of()));
    }

    @Test
    void validationRunsWhenAValueIsReadToo() {
        byte[] bytes = CODEC.encode(List.of(new Beacon(7, new HealthCheck.Tcp(QUICK, Optional.empty()))));
        int colour = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("before`") + 7;
        bytes[colour] = (byte) (0x90 + 8);

        refused("colour: 8", () -> CODEC.decode(bytes));
    }

    @Test
    void aLabelSelectorAsksForAllItsLabels() {
        Selector selector = new LabelSelector(Map.of("zone", "a", "tier", "1"));
        Instance instance = Instance.persistent("10.0.0.1", 1).withMetadata("zone", "a");

        assertThat(selector.selects(instance)).isFalse();
        assertThat(selector.selects(instance.withMetadata("tier", "1"))).isTrue();
    }

    private static HealthCheck http(String path, List<Integer> expected, Optional<String> host) {
        return new HealthCheck.Http(QUICK, Optional.empty(), path, expected, host);
    }

    private static void refused(String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RegistryException.class).hasMessageContaining(message);
    }
}
