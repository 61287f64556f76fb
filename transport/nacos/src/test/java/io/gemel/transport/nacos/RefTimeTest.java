package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefTimeTest {
    @Test
    void theTimeThatClientsAreToldFollowsTheClockButNeverBack() {
        AtomicLong millis = new AtomicLong(1_000);
        RefTime times = new RefTime(() -> Instant.ofEpochMilli(millis.get()));

        assertThat(times.next()).isEqualTo(1_000);
        millis.set(400);
        assertThat(times.next()).isEqualTo(1_000);
        millis.set(1_001);
        assertThat(times.next()).isEqualTo(1_001);
    }
}
