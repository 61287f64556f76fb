package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop runs what it took, in order, refuses what it cannot take, and stops at the first failure. */
@Timeout(30)
final class ThreadLoopTest {
    private static final int CAPACITY = 3;

    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private final ThreadLoop loop = new ThreadLoop("test-loop", CAPACITY, System::nanoTime, failures::add);

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    @Test
    void tasksRunInTheOrderInWhichTheyWereTaken() {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 5_000; i++) {
            int number = i;
            loop.executeOrWait(() -> order.add(number));
        }
        loop.close();
        assertThat(order).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
    }

    @Test
    void aFullQueueRefusesAndTakesAgainOnceThereIsRoom() throws InterruptedException {
        CountDownLatch release = blockLoop();
        for (int i = 0; i < CAPACITY; i++) {
            loop.execute(() -> ran.add("taken"));
        }
        assertRefused(RegistryException.Code.OVERLOADED, () -> loop.execute(() -> ran.add("refused")));
        assertRefused(RegistryException.Code.OVERLOADED, () -> loop.every(Duration.ofDays(1), () -> {}));

        release.countDown();
        Awaitility.await().until(() -> ran.size() == CAPACITY);
        loop.execute(() -> ran.add("later"));
        loop.close();
        assertThat(ran).containsExactly("taken", "taken", "taken", "later");
    }

    @Test
    void whatMustNotBeRefusedWaitsForRoom() throws InterruptedException {
        CountDownLatch release = blockLoop();
        for (int i = 0; i < CAPACITY; i++) {
            loop.execute(() -> ran.add("taken"));
        }
        Thread caller = new Thread(() -> loop.executeOrWait(() -> ran.add("waited")));
        caller.start();
        Awaitility.await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
        assertThat(ran).isEmpty();

        release.countDown();
        caller.join();
        loop.close();
        assertThat(ran).containsExactly("taken", "taken", "taken", "waited");
    }

    @Test
    void theLoopsOwnTasksAreNotRefused() {
        loop.execute(() -> {
            for (int i = 0; i < 2 * CAPACITY; i++) {
                loop.execute(() -> ran.add("own"));
                loop.executeOrWait(() -> ran.add("own"));
            }
        });
        Awaitility.await().until(() -> ran.size() == 4 * CAPACITY);
        assertThat(failures).isEmpty();
    }

    @Test
    void whatIsLeftForTheEndOfTheTurnRunsInOrderAfterTheTasksOfTheTurn() throws InterruptedException {
        CountDownLatch release = blockLoop();
        loop.execute(() -> {
            ran.add("first");
            loop.afterTurn(() -> {
                ran.add("end of first");
                loop.afterTurn(() -> ran.add("end of the end"));
            });
        });
        loop.execute(() -> {
            ran.add("second");
            loop.afterTurn(() -> ran.add("end of second"));
        });
        release.countDown();
        loop.close();
        assertThat(ran).containsExactly("first", "second", "end of first", "end of second", "end of the end");
    }

    @Test
    void aTaskThatThrowsEndsTheLoopAndIsReported() throws InterruptedException {
        CountDownLatch release = blockLoop();
        loop.execute(() -> {
            loop.afterTurn(() -> ran.add("end of the broken turn"));
            throw new AssertionError("I1");
        });
        loop.execute(() -> ran.add("next"));
        release.countDown();
        Awaitility.await().until(() -> !failures.isEmpty());

        assertThat(failures).singleElement().isInstanceOf(AssertionError.class);
        assertRefused(RegistryException.Code.SHUTTING_DOWN, () -> loop.execute(() -> {}));
        assertRefused(RegistryException.Code.SHUTTING_DOWN, () -> loop.executeOrWait(() -> {}));
        assertThat(ran).isEmpty();
    }

    @Test
    void aFailureAtTheEndOfATurnIsReportedToo() {
        loop.execute(() -> loop.afterTurn(() -> {
            throw new IllegalStateException("end of turn");
        }));
        Awaitility.await().until(() -> !failures.isEmpty());
        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void periodicTasksRunAgainAndAgainAlsoWhenNothingElseDoes() throws InterruptedException {
        CountDownLatch threeTimes = new CountDownLatch(3);
        loop.every(Duration.ofMillis(1), threeTimes::countDown);
        threeTimes.await();
        assertThat(threeTimes.getCount()).isZero();
    }

    @Test
    void aPeriodicTaskThatHasNothingToDoRunsLessOften() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(100);
        AtomicInteger idle = new AtomicInteger();
        AtomicInteger turned = new AtomicInteger();
        loop.paced(Duration.ofMillis(1), () -> {
            turned.incrementAndGet();
            return Duration.ofMillis(1);
        });
        loop.paced(Duration.ofMillis(1), () -> {
            idle.incrementAndGet();
            return Duration.ofMillis(30);
        });
        loop.every(Duration.ofMillis(1), busy::countDown);

        busy.await();
        assertThat(idle).hasPositiveValue().hasValueLessThan(turned.get());
    }

    @Test
    void periodicTasksRunWhileTheLoopIsBusy() throws InterruptedException {
        CountDownLatch threeTimes = new CountDownLatch(3);
        loop.every(Duration.ofMillis(1), threeTimes::countDown);
        loop.execute(new Runnable() {
            @Override
            public void run() {
                if (threeTimes.getCount() > 0) {
                    loop.execute(this);
                }
            }
        });
        threeTimes.await();
        assertThat(failures).isEmpty();
    }

    @Test
    void closingRunsWhatWasTakenAndTakesNoMore() throws InterruptedException {
        CountDownLatch release = blockLoop();
        loop.execute(() -> loop.afterTurn(() -> ran.add("end of turn")));
        loop.execute(() -> ran.add("task"));
        Thread closer = new Thread(loop::close);
        closer.start();
        release.countDown();
        closer.join();
        assertThat(ran).containsExactly("task", "end of turn");
        assertRefused(RegistryException.Code.SHUTTING_DOWN, () -> loop.execute(() -> {}));
        assertThat(failures).isEmpty();
    }

    @Test
    void whatTheTasksOfAClosingLoopQueueRunsToo() throws InterruptedException {
        CountDownLatch release = blockLoop();
        loop.execute(() -> loop.execute(() -> loop.executeOrWait(() -> ran.add("last"))));
        Thread closer = new Thread(loop::close);
        closer.start();
        Awaitility.await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);
        release.countDown();
        closer.join();
        assertThat(ran).containsExactly("last");
        assertThat(failures).isEmpty();
    }

    @Test
    void closingFromWithinDoesNotWaitForItself() {
        loop.execute(() -> {
            loop.close();
            ran.add("closed");
        });
        Awaitility.await().until(() -> ran.size() == 1);
        loop.close();
        assertThat(failures).isEmpty();
    }

    @Test
    void whatIsTakenWhileTheLoopClosesRuns() throws InterruptedException {
        for (int round = 0; round < 100; round++) {
            ThreadLoop closing = new ThreadLoop("closing", Integer.MAX_VALUE, System::nanoTime, failures::add);
            AtomicInteger taken = new AtomicInteger();
            AtomicInteger done = new AtomicInteger();
            Thread caller = new Thread(() -> {
                try {
                    while (true) {
                        closing.execute(done::incrementAndGet);
                        taken.incrementAndGet();
                    }
                } catch (RegistryException ended) {
                    assertThat(ended.code()).isEqualTo(RegistryException.Code.SHUTTING_DOWN);
                }
            });
            caller.start();
            while (done.get() == 0) {
                Thread.onSpinWait();
            }
            closing.close();
            caller.join();
            assertThat(done.get()).as("round %d", round).isEqualTo(taken.get());
        }
    }

    @Test
    void onlyItsOwnThreadIsInTheLoop() {
        assertThat(loop.inLoop()).isFalse();
        loop.execute(() -> ran.add("in loop: " + loop.inLoop()));
        Awaitility.await().until(() -> ran.contains("in loop: true"));
        assertThatThrownBy(() -> loop.afterTurn(() -> {})).isInstanceOf(AssertionError.class);
    }

    /** Keeps the loop busy until the latch is released. */
    private CountDownLatch blockLoop() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.execute(() -> {
            started.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        started.await();
        return release;
    }

    private static void assertRefused(RegistryException.Code code, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
