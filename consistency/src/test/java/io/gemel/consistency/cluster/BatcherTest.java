package io.gemel.consistency.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final ManualTicker ticker = new ManualTicker();
    private final List<List<String>> carried = new ArrayList<>();
    private final List<Runnable> backs = new ArrayList<>();
    private final Batcher<String> batcher = new Batcher<>(2, PATIENCE, ticker, Batcher::all, (batch, back) -> {
        carried.add(batch);
        backs.add(back);
    });

    @Test
    void whoIsAloneWaitsForNobody() {
        batcher.add("a");
        batcher.add("b");
        assertThat(carried).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void whatComesWhileEnoughIsUnderWayGoesTogetherWithTheNext() {
        List.of("a", "b", "c", "d", "e").forEach(batcher::add);
        assertThat(carried).containsExactly(List.of("a"), List.of("b"));

        backs.get(1).run();
        assertThat(carried).last().isEqualTo(List.of("c", "d", "e"));
        backs.get(1).run();
        batcher.add("f");
        assertThat(carried).hasSize(3);
    }

    @Test
    void aBatchThatIsAwayTooLongHoldsUpNobody() {
        List.of("a", "b", "c").forEach(batcher::add);
        ticker.advance(PATIENCE.minusNanos(1));
        batcher.tick(one -> false);
        assertThat(carried).hasSize(2);

        ticker.advance(Duration.ofNanos(1));
        batcher.tick(one -> false);
        assertThat(carried).last().isEqualTo(List.of("c"));
        backs.get(0).run();
        batcher.add("d");
        assertThat(carried).last().isEqualTo(List.of("d"));
    }

    @Test
    void whoGaveUpIsNotTaken() {
        List.of("a", "b", "c", "d").forEach(batcher::add);
        batcher.tick("c"::equals);
        backs.get(0).run();
        assertThat(carried).last().isEqualTo(List.of("d"));
    }

    @Test
    void batchesThatComeBackAtOnceLeaveOneAfterTheOther() {
        List<Integer> order = new ArrayList<>();
        List<Runnable> first = new ArrayList<>();
        Batcher<Integer> single =
                new Batcher<>(1, PATIENCE, ticker, waiting -> List.of(waiting.remove()), (batch, back) -> {
                    order.addAll(batch);
                    if (batch.get(0) == 0) {
                        first.add(back);
                    } else {
                        back.run();
                    }
                });
        for (int i = 0; i < 100_000; i++) {
            single.add(i);
        }
        assertThat(order).containsExactly(0);
        first.get(0).run();
        assertThat(order).hasSize(100_000).isSorted();
    }
}
