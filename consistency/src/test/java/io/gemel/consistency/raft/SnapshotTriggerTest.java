package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SnapshotTriggerTest {
    private final AtomicLong now = new AtomicLong();
    private final SnapshotTrigger trigger = new SnapshotTrigger(100, Duration.ofHours(1), now::get);

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
    void whatWasWrittenIsInOneAfterTheInterval() {
        pass(Duration.ofHours(1));
        assertThat(trigger.due(0, 0)).as("nothing was written").isFalse();
        assertThat(trigger.due(1, 0)).isTrue();
        trigger.ended();
        assertThat(trigger.due(1, 3)).isFalse();
        pass(Duration.ofMinutes(59));
        assertThat(trigger.due(50, 3)).isFalse();
        pass(Duration.ofMinutes(1));
        assertThat(trigger.due(50, 3)).isTrue();
        trigger.ended();
        pass();
        assertThat(trigger.due(50, 3))
                .as("in vain, tried again after the interval")
                .isFalse();
        pass(Duration.ofHours(1));
        assertThat(trigger.due(50, 3)).isTrue();
    }

    @Test
    void oneThatWasTakenForAnotherReasonCounts() {
        assertThat(trigger.due(100, 3)).isTrue();
        trigger.ended();
        pass();
        assertThat(trigger.due(190, 5)).isFalse();
        assertThat(trigger.due(195, 6)).as("taken over from a leader").isFalse();
        assertThat(trigger.due(294, 6)).isFalse();
        assertThat(trigger.due(295, 6)).isTrue();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void pass() {
        pass(Duration.ofSeconds(1));
    }
}
