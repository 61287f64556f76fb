package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Ten thousand clients that lose their server at the same moment, in simulated time. */
class BackOffTest {
    private static final int CLIENTS = 10_000;
    private static final int SERVERS = 3;
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final Duration LIVED = Duration.ofMinutes(1);

    private final SimulatedTime time = new SimulatedTime();
    private final TreeMap<Long, Integer> arrivals = new TreeMap<>(); // by hundredths of a second since the loss
    private final List<Duration> firstSteps = new ArrayList<>();

    @Test
    void theyDoNotComeToTheOthersAtOnceAndAllComeWellWithinTheResumeWindow() {
        loseServer(0, WINDOW);

        time.pass(Duration.ofSeconds(10));

        assertThat(total()).isEqualTo(CLIENTS);
        assertThat(mostInAHundredth()).isLessThan(CLIENTS / 30);
        assertThat(arrivals.lastKey()).isLessThanOrEqualTo(55);
    }

    @Test
    void theyKeepApartWhileAllServersAreGoneForLong() {
        loseServer(40, WINDOW);

        time.pass(Duration.ofMinutes(2));

        assertThat(total()).isEqualTo(CLIENTS * 41L);
        assertThat(mostInAHundredth())
                .as("in the first second, in which each tries every server more than once")
                .isLessThan(CLIENTS / 5);
        arrivals.headMap(3_000L).clear();
        arrivals.tailMap(4_000L).clear();
        assertThat(mostInAHundredth())
                .as("later each comes every second or two, and that as evenly as by chance")
                .isLessThan(CLIENTS / 75);
    }

    @Test
    void aShorterResumeWindowLeavesLessTimeToSpread() {
        loseServer(0, Duration.ofMillis(200));

        assertThat(firstSteps).allSatisfy(step -> assertThat(step).isLessThanOrEqualTo(Duration.ofMillis(100)));
    }

    @Test
    void aServerThatEndsEverySessionAtOnceIsAskedMoreAndMoreSeldom() {
        BackOff backOff = new BackOff(time, new Random(1));
        long waited = 0;
        for (int i = 0; i < 30; i++) {
            backOff.live();
            backOff.lost(WINDOW);
            waited += backOff.next(1).toMillis();
        }

        assertThat(waited / 30).isGreaterThan(1_000);
    }

    /** All clients lose their server; each then fails so often before it finds another one. */
    private void loseServer(int failures, Duration window) {
        for (int client = 0; client < CLIENTS; client++) {
            BackOff backOff = new BackOff(time, new Random(client));
            backOff.live();
            var unused = time.after(LIVED, () -> {
                backOff.lost(window);
                attempt(backOff, failures);
            });
        }
        time.pass(LIVED);
    }

    private void attempt(BackOff backOff, int failures) {
        Duration wait = backOff.next(SERVERS);
        firstSteps.add(wait);
        var unused = time.after(wait, () -> {
            arrivals.merge((time.nanos() - LIVED.toNanos()) / 10_000_000, 1, Integer::sum);
            if (failures > 0) {
                attempt(backOff, failures - 1);
            }
        });
    }

    private long total() {
        return arrivals.values().stream().mapToLong(count -> count).sum();
    }

    private int mostInAHundredth() {
        return arrivals.values().stream().mapToInt(count -> count).max().orElseThrow();
    }
}
