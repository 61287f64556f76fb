package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who takes the registry for a configuration centre, by either door, brings about the one notice that a node gives. */
class ConfigNoticeTest {
    @Test
    void itIsGivenOnce() {
        ConfigNotice notice = new ConfigNotice();

        assertThat(List.of(notice.give(), notice.give(), notice.give())).containsExactly(true, false, false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ConfigQueryRequest", "ConfigBatchListenRequest", "ConfigPublishRequest", "ConfigRemoveRequest"})
    void aCallOverGrpcGivesIt(String type) {
        try (OneNode node = new OneNode()) {
            NacosClient client = node.connected();
            assertThat(client.call(type, "{}").text("message")).isNotEqualTo("no handler");
            assertThat(node.notice.give()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /v1/cs/configs", "POST, /v1/cs/configs", "GET, /v3/client/cs/config"})
    void aCallOverHttpGivesIt(String method, String path) {
        try (HttpNode node = new HttpNode()) {
            assertThat(node.call(method, path, "dataId=a&group=b&content=c").statusCode())
                    .isIn(404, 501);
            assertThat(node.notice.give()).isFalse();
        }
    }

    @Test
    void otherCallsDoNotGiveIt() {
        try (HttpNode node = new HttpNode()) {
            assertThat(node.call("GET", "/v1/ns/instance/list", "serviceName=a").statusCode())
                    .isEqualTo(200);

            assertThat(node.notice.give()).isTrue();
        }
    }
}
