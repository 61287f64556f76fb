package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LamportClockTest {
    private final LamportClock clock = new LamportClock();

    @Test
    void whatFollowsAnEventHasALargerNumber() {
        clock.saw(41);
        assertThat(clock.next()).isEqualTo(42);
        clock.saw(7);
        assertThat(clock.next()).isEqualTo(43);
    }

    @Test
    void aClockIsBelievedToBeAheadByAsManyEventsAsAnotherNodeMayHaveSeen() {
        assertThat(clock.isPlausible(1L << 44)).isTrue();
        assertThat(clock.isPlausible((1L << 44) + 1)).isFalse();
        clock.saw(1L << 44);
        assertThat(clock.isPlausible(1L << 45)).isTrue();
    }

    /** Half a million claims, each as large as is believed, used to be enough to leave no number for anybody. */
    @Test
    void nobodyDrivesItToItsEndByClaims() {
        for (int claims = 0; claims < 2_000_000; claims++) {
            clock.saw(largestPlausible());
        }
        long driven = clock.next();
        assertThat(driven).isPositive().isLessThan(Long.MAX_VALUE / 4 * 3);
        assertThat(clock.isPlausible(driven + 1_000))
                .as("a node that is a little ahead")
                .isTrue();
    }

    /** Of what is looked for in steps of halves. */
    private long largestPlausible() {
        long low = 0;
        for (long step = 1L << 62; step > 0; step /= 2) {
            if (low + step > 0 && clock.isPlausible(low + step)) {
                low += step;
            }
        }
        return low;
    }
}
