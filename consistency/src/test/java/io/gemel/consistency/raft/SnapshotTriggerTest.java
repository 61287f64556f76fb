package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SnapshotTriggerTest {
    private final AtomicLong now = new AtomicLong();
    private final SnapshotTrigger trigger = new SnapshotTrigger(100, now::get);

    @Test
    void itIsDueOnceEnoughWasWrittenAndThenNotUntilAsMuchAgain() {
        assertThat(trigger.due(99, 0)).isFalse();
        assertThat(trigger.due(100, 0)).isTrue();
        assertThat(trigger.due(300, 0)).as("one is under way").isFalse();
        trigger.ended();
        assertThat(trigger.due(199, 7)).isFalse();
        assertThat(trigger.due(200, 7)).isTrue();
    }

    @Test
    void oneThatWasNotTakenIsTriedAgainAfterAPause() {
        assertThat(trigger.due(100, 0)).isTrue();
        trigger.ended();
        assertThat(trigger.due(100, 0)).isFalse();
        pass();
        assertThat(trigger.due(100, 0)).isTrue();
    }

    @Test
    void oneThatWasTakenByTheClockCounts() {
        assertThat(trigger.due(100, 3)).isTrue();
        trigger.ended();
        pass();
        assertThat(trigger.due(190, 5)).isFalse();
        assertThat(trigger.due(195, 6)).as("by the clock").isFalse();
        assertThat(trigger.due(294, 6)).isFalse();
        assertThat(trigger.due(295, 6)).isTrue();
    }

    private void pass() {
        now.addAndGet(Duration.ofSeconds(1).toNanos());
    }
}
