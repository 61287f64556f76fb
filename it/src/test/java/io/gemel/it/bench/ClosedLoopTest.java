package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private final Queue<List<Long>> made = new ConcurrentLinkedQueue<>();

    private void record(int caller, long sequence) {
        made.add(List.of((long) caller, sequence));
    }

    @Test
    void eachCallerMakesAsManyCallsAsItIsTo() {
        ClosedLoop.Tally tally = ClosedLoop.run(System::nanoTime, 2, 3, (caller, sequence) -> {
            record(caller, sequence);
            return CompletableFuture.completedFuture("done");
        });

        assertThat(made)
                .containsExactly(
                        List.of(0L, 0L),
                        List.of(0L, 1L),
                        List.of(0L, 2L),
                        List.of(1L, 0L),
                        List.of(1L, 1L),
                        List.of(1L, 2L));
        assertThat(tally.latencies().count()).isEqualTo(6);
        assertThat(tally.failures()).isZero();
    }

    @Test
    void theLastAnswerIsWaitedForWhicheverThreadBringsIt() {
        ClosedLoop.Tally tally = ClosedLoop.run(
                System::nanoTime,
                4,
                50,
                (caller, sequence) -> CompletableFuture.runAsync(() -> record(caller, sequence)));

        assertThat(made).hasSize(200).doesNotHaveDuplicates();
        assertThat(tally.latencies().count()).isEqualTo(200);
    }

    @Test
    void whatFailsIsCountedApartAndTold() {
        ClosedLoop.Tally tally = ClosedLoop.run(
                System::nanoTime,
                1,
                2,
                (caller, sequence) -> sequence == 0
                        ? CompletableFuture.failedFuture(new IllegalStateException("no"))
                        : CompletableFuture.completedFuture("done"));

        assertThat(tally.failures()).isEqualTo(1);
        assertThat(tally.lastFailure()).contains("no");
        assertThat(tally.latencies().count()).isEqualTo(1);
    }
}
