package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a client does not acknowledge, in the end it knows what there is: also if it had taken in what it did not acknowledge. */
final class FuzzyWatchesFailuresTest {
    private static final FuzzyPattern PATTERN = FuzzyPattern.of("public>>g>>*");
    private static final String FINISHED = "FINISH_FUZZY_WATCH_INIT_NOTIFY";

    private final FuzzyWatches watches = new FuzzyWatches();
    private final List<JsonObject> sent = new ArrayList<>();
    private boolean ready = true;
    private long revision;

    private final FuzzyWatches.Sender sender = new FuzzyWatches.Sender() {
        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public long send(String type, Json.Writing fields) {
            sent.add(JsonObject.parse(Json.bytes(json -> {
                json.writeStartObject();
                fields.to(json);
                json.writeEndObject();
            })));
            return sent.size();
        }
    };

    @BeforeEach
    void watch() {
        watches.watch(PATTERN, true, List.of());
    }

    private void exist(String... names) {
        List<ServiceId> services =
                Stream.of(names).map(name -> new ServiceId("public", "g", name)).toList();
        watches.offer(new ServiceNames(PATTERN.within(), ++revision, services));
        watches.send(sender);
    }

    /** What the client says to the newest message. */
    private void acknowledge(boolean success) {
        assertThat(watches.acknowledged(sent.size(), success)).isTrue();
        watches.send(sender);
    }

    private void retry() {
        watches.retry();
        watches.send(sender);
    }

    /** The newest message: its type and what it is about. */
    private String newest() {
        JsonObject message = sent.get(sent.size() - 1);
        List<JsonObject> contexts = message.objects("contexts");
        JsonObject about = contexts.isEmpty() ? message : contexts.get(0);
        return about.text("changedType").isEmpty()
                ? message.text("syncType").orElseThrow()
                : about.text("changedType").get() + " "
                        + about.text("serviceKey").orElseThrow();
    }

    @Test
    void whatWasAddedWithoutAnAcknowledgementAndIsGoneIsToldAsGone() {
        exist("a");
        acknowledge(true);
        acknowledge(true);
        exist("a", "b");
        assertThat(newest()).isEqualTo("ADD_SERVICE public@@g@@b");
        ready = false;
        acknowledge(false);
        exist("a");
        retry();
        ready = true;
        retry();
        assertThat(newest()).isEqualTo("DELETE_SERVICE public@@g@@b");
        acknowledge(true);
        assertThat(sent).hasSize(4);
    }

    @Test
    void whatWasRemovedWithoutAnAcknowledgementAndIsBackIsToldAsThere() {
        exist("a");
        acknowledge(true);
        acknowledge(true);
        exist();
        assertThat(newest()).isEqualTo("DELETE_SERVICE public@@g@@a");
        ready = false;
        acknowledge(false);
        exist("a");
        ready = true;
        retry();
        assertThat(newest()).isEqualTo("ADD_SERVICE public@@g@@a");
        acknowledge(true);
        retry();
        assertThat(sent).hasSize(4);
    }

    @Test
    void thatThisWasAllIsToldAgain() {
        exist("a");
        acknowledge(true);
        assertThat(newest()).isEqualTo(FINISHED);
        acknowledge(false);
        assertThat(sent).as("not before its time").hasSize(2);
        retry();
        assertThat(newest()).isEqualTo(FINISHED);
        assertThat(sent).hasSize(3);
        acknowledge(true);
        retry();
        exist();
        assertThat(newest()).isEqualTo("DELETE_SERVICE public@@g@@a");
        assertThat(sent).hasSize(4);
    }
}
