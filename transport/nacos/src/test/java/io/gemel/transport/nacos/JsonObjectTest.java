package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
    @Test
    void textsOfMetadataThatComeAgainAreKeptOnce() {
        Map<String, String> first = JsonObject.parse("{\"zone\":\"a-1\"}").allTexts();
        Map<String, String> second = JsonObject.parse("{\"zone\":\"a-1\"}").allTexts();

        assertThat(second).isEqualTo(Map.of("zone", "a-1"));
        assertThat(second.get("zone")).isSameAs(first.get("zone"));
    }

    @Test
    void fieldsAreReadByTheirTypes() {
        JsonObject read = JsonObject.parse(
                "{\"a\":\"x\",\"b\":true,\"c\":2.5,\"d\":7,\"e\":{\"f\":[\"g\"]},\"h\":null,\"i\":[{\"j\":1}],\"k\":\"3\"}");

        assertThat(read.text("a")).contains("x");
        assertThat(read.flag("b", false)).isTrue();
        assertThat(read.number("c", 0)).isEqualTo(2.5);
        assertThat(read.integer("d", 0)).isEqualTo(7);
        assertThat(read.object("e").orElseThrow().texts("f")).containsExactly("g");
        assertThat(read.has("h")).isFalse();
        assertThat(read.objects("i")).hasSize(1);
        assertThat(read.integer("k", 0)).isEqualTo(3);
        assertThat(read.integer("absent", 9)).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "1",
                "{}{}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "nul",
                "{\"a\":\"\\ud8\"}",
                "\u0000"
            })
    void whatIsNoObjectIsRefused(String json) {
        assertThatThrownBy(() -> JsonObject.parse(json)).isInstanceOf(RegistryException.class);
    }

    @Test
    void whatIsNestedTooDeeplyIsRefused() {
        assertThatThrownBy(() -> JsonObject.parse("{\"a\":".repeat(10_000))).isInstanceOf(RegistryException.class);
    }

    @Test
    void aFieldOfAnotherTypeIsRefusedByName() {
        JsonObject read =
                JsonObject.parse("{\"port\":\"eighty\",\"healthy\":[],\"metadata\":3,\"big\":1e300,\"part\":1.5}");

        assertThatThrownBy(() -> read.integer("port", 0)).hasMessageContaining("'port'");
        assertThatThrownBy(() -> read.flag("healthy", true)).hasMessageContaining("'healthy'");
        assertThatThrownBy(() -> read.object("metadata")).hasMessageContaining("'metadata'");
        assertThatThrownBy(() -> read.integer("big", 0)).hasMessageContaining("'big'");
        assertThatThrownBy(() -> read.integer("part", 0)).hasMessageContaining("'part'");
    }

    @Test
    void aWholeNumberIsOneAsTextToo() {
        assertThat(JsonObject.parse("{\"port\":8080,\"time\":4320372922074}").allTexts())
                .isEqualTo(java.util.Map.of("port", "8080", "time", "4320372922074"));
    }
}
