package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loop that other tests rely on does what {@link ThreadLoop} does, when told. */
final class ManualLoopTest {
    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final List<String> ran = new ArrayList<>();

    @Test
    void nothingRunsBeforeATurn() {
        loop.execute(() -> ran.add("task"));
        assertThat(ran).isEmpty();
        assertThat(loop.waiting()).isEqualTo(1);

        assertThat(loop.turn()).isTrue();
        assertThat(ran).containsExactly("task");
        assertThat(loop.turn()).isFalse();
    }

    @Test
    void whatIsLeftForTheEndOfTheTurnRunsAfterAllOfItsTasks() {
        loop.execute(() -> loop.afterTurn(() -> ran.add("after")));
        loop.execute(() -> ran.add("task"));
        loop.turn();
        assertThat(ran).containsExactly("task", "after");
    }

    @Test
    void aTurnCanBeCutShort() {
        loop.execute(() -> loop.afterTurn(() -> ran.add("after")));
        loop.execute(() -> ran.add("next turn"));
        loop.turn(1);
        loop.turn(1);
        assertThat(ran).containsExactly("after", "next turn");
    }

    @Test
    void periodicTasksFollowTheClock() {
        loop.every(Duration.ofSeconds(1), () -> ran.add("tick"));
        loop.runAll();
        assertThat(ran).isEmpty();

        for (int second = 0; second < 300; second++) {
            ticker.advance(Duration.ofSeconds(1));
            loop.runAll();
        }
        assertThat(ran).as("also while the clock's reading wraps").hasSize(300);
    }

    @Test
    void aFullLoopRefuses() {
        ManualLoop full = new ManualLoop(ticker, 1);
        full.execute(() -> {});
        assertThatThrownBy(() -> full.execute(() -> {})).isInstanceOf(RegistryException.class);
        full.executeOrWait(() -> ran.add("waited"));
        full.runAll();
        assertThat(ran).containsExactly("waited");
    }

    @Test
    void onlyItsTasksAreInTheLoop() {
        assertThat(loop.inLoop()).isFalse();
        loop.run(() -> ran.add("in loop: " + loop.inLoop()));
        assertThat(ran).containsExactly("in loop: true");
        assertThatThrownBy(() -> loop.afterTurn(() -> {})).isInstanceOf(AssertionError.class);
        loop.run(() -> loop.executeOrWait(() -> ran.add("own")));
        assertThat(ran).containsExactly("in loop: true", "own");
    }
}
