package io.gemel.transport.nacos;

import static io.gemel.transport.nacos.NacosClient.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.ServiceId;
import io.gemel.transport.nacos.NacosClient.Sent;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who watches a pattern is told which services there are, that these were all, and then what comes and goes. */
final class FuzzyWatchesTest {
    private static final String SYNC = "NamingFuzzyWatchSyncRequest";
    private static final String CHANGE = "NamingFuzzyWatchChangeNotifyRequest";

    private final OneNode node = new OneNode();

    @AfterEach
    void close() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void firstAllThatThereIsThenThatThisWasAllThenEachChange() {
        NacosClient publisher = node.connected();
        for (int i = 10; i < 33; i++) {
            publisher.register("orders-" + i, "10.0.0.1", 80);
        }
        publisher.register("other", "10.0.0.1", 80);
        NacosClient watcher = node.connected();

        assertThat(watch(watcher, "public>>DEFAULT_GROUP>>orders-*", true).success())
                .isTrue();

        awaitFinished(watcher);
        List<Sent> batches = watcher.sent(SYNC).stream()
                .filter(sent -> sent.text("syncType").equals("FUZZY_WATCH_INIT_NOTIFY"))
                .toList();
        assertThat(batches).hasSize(3).allSatisfy(batch -> {
            assertThat(batch.body().integer("totalBatch", 0)).isEqualTo(3);
            assertThat(batch.text("groupKeyPattern")).isEqualTo("public>>DEFAULT_GROUP>>orders-*");
        });
        assertThat(batches)
                .extracting(batch -> batch.body().integer("currentBatch", 0))
                .containsExactly(1, 2, 3);
        assertThat(keys(batches)).hasSize(23).contains("public@@DEFAULT_GROUP@@orders-10");

        publisher.register("orders-new", "10.0.0.1", 80);
        awaitChange(watcher, "ADD_SERVICE", "public@@DEFAULT_GROUP@@orders-new");
        publisher.instance("InstanceRequest", "deregisterInstance", "orders-new", "{}");
        awaitChange(watcher, "DELETE_SERVICE", "public@@DEFAULT_GROUP@@orders-new");
        assertThat(watcher.sent(CHANGE)).hasSize(2);
    }

    @Test
    void whoComesBackIsToldWhatDiffersFromWhatItHas() {
        NacosClient publisher = node.connected();
        publisher.register("a", "10.0.0.1", 80);
        publisher.register("b", "10.0.0.1", 80);
        NacosClient watcher = node.connected();

        watch(watcher, "public>>*>>*", false, "public@@DEFAULT_GROUP@@a", "public@@DEFAULT_GROUP@@gone", "nonsense");

        Sent difference = watcher.awaitSent(SYNC);
        assertThat(difference.text("syncType")).isEqualTo("FUZZY_WATCH_DIFF_SYNC_NOTIFY");
        assertThat(keys(List.of(difference))).containsExactly("public@@DEFAULT_GROUP@@b");
        awaitChange(watcher, "DELETE_SERVICE", "public@@DEFAULT_GROUP@@gone");
    }

    @Test
    void whatIsNotAcknowledgedIsToldAgainBeforeItIsCalledAll() {
        node.connected().register("a", "10.0.0.1", 80);
        NacosClient watcher = node.connected();
        watcher.acknowledgesNothing();
        watch(watcher, "public>>DEFAULT_GROUP>>a", true);
        watcher.acknowledge(watcher.awaitSent(SYNC), 500);

        Sent again = watcher.awaitSent(SYNC, 2);
        assertThat(keys(List.of(again))).containsExactly("public@@DEFAULT_GROUP@@a");
        watcher.acknowledge(again, 200);
        awaitFinished(watcher);
    }

    @Test
    void aPatternWithoutServicesIsAtOnceAll() {
        NacosClient watcher = node.connected();
        watch(watcher, "public>>g>>*", true);
        awaitFinished(watcher);
        assertThat(watcher.sent(SYNC)).hasSize(1);
    }

    @Test
    void whoCancelsHearsNothingMore() {
        NacosClient publisher = node.connected();
        NacosClient watcher = node.connected();
        watch(watcher, "public>>DEFAULT_GROUP>>a*", true);
        watch(watcher, "public>>DEFAULT_GROUP>>b*", true);
        eventually().until(() -> watcher.sent(SYNC).size() == 2);
        watcher.call(
                "NamingFuzzyWatchRequest",
                "{\"groupKeyPattern\":\"public>>DEFAULT_GROUP>>a*\",\"watchType\":\"CANCEL_WATCH\"}");

        publisher.register("a1", "10.0.0.1", 80);
        publisher.register("b1", "10.0.0.1", 80);
        awaitChange(watcher, "ADD_SERVICE", "public@@DEFAULT_GROUP@@b1");
        assertThat(watcher.sent(CHANGE)).hasSize(1);
    }

    @Test
    void patternsAreLimitedAndMustBePatterns() {
        NacosClient watcher = node.connected();
        for (int i = 0; i < FuzzyWatches.PATTERNS_MAX; i++) {
            assertThat(watch(watcher, "public>>g>>a" + i, true).success()).isTrue();
        }
        Sent refused = watch(watcher, "public>>g>>z", true);
        assertThat(refused.type()).isEqualTo("NamingFuzzyWatchResponse");
        assertThat(refused.code()).isEqualTo(50_310);
        assertThat(watch(watcher, "public>>g", true).code()).isEqualTo(400);
        assertThat(watch(watcher, ">>>>", true).code()).isEqualTo(400);
    }

    @Test
    void aPatternThatIsRefusedForOverloadTakesNoPlace() {
        NacosClient watcher = node.connected();
        FullLoop.during(node.push, () -> {
            for (int i = 0; i < FuzzyWatches.PATTERNS_MAX; i++) {
                assertThat(watch(watcher, "public>>g>>a" + i, true).code()).isEqualTo(503);
            }
        });
        eventually().until(() -> watch(watcher, "public>>DEFAULT_GROUP>>z", true), Sent::success);
        awaitFinished(watcher);
    }

    @ParameterizedTest
    @CsvSource({
        "public>>g>>a, true",
        "public>>g>>ab, false",
        "public>>g>>*, true",
        "public>>*>>a, true",
        "public>>h>>a, false",
        "public>>g>>.*, true",
        "other>>g>>a, false",
        "public>>*g*>>*a*, true",
        "public>>*g>>a*, true",
    })
    void aPatternMatchesAsNacosHasIt(String pattern, boolean matches) {
        ServiceId service = new ServiceId("public", "g", "a");
        FuzzyPattern read = FuzzyPattern.of(pattern);
        assertThat(read.within().matches(service) && read.matches(service)).isEqualTo(matches);
    }

    private static Sent watch(NacosClient watcher, String pattern, boolean initializing, String... received) {
        String keys = Stream.of(received).map(key -> "\"" + key + "\"").collect(Collectors.joining(","));
        return watcher.call(
                "NamingFuzzyWatchRequest",
                "{\"groupKeyPattern\":\"%s\",\"watchType\":\"WATCH\",\"initializing\":%b,\"receivedGroupKeys\":[%s]}"
                        .formatted(pattern, initializing, keys));
    }

    private static void awaitFinished(NacosClient watcher) {
        eventually()
                .until(() -> watcher.sent(SYNC).stream()
                        .anyMatch(sent -> sent.text("syncType").equals("FINISH_FUZZY_WATCH_INIT_NOTIFY")));
    }

    private static void awaitChange(NacosClient watcher, String type, String key) {
        eventually()
                .until(() -> watcher.sent(CHANGE).stream()
                        .anyMatch(sent -> sent.text("changedType").equals(type)
                                && sent.text("serviceKey").equals(key)));
    }

    private static List<String> keys(List<Sent> batches) {
        return batches.stream()
                .flatMap(batch -> batch.body().objects("contexts").stream())
                .map(context -> context.text("serviceKey").orElseThrow())
                .toList();
    }
}
