package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CopyPaceTest {
    private static final int PIECE = 128 * 1024;

    private final AtomicLong now = new AtomicLong();

    /** With JRaft's own throttle, told to check ten times a second, it is a tenth. */
    @Test
    void whoAsksAgainAfterASecondIsAllowedWhatWasPromised() {
        long promised = 10L * 1024 * 1024;
        CopyPace pace = new CopyPace(promised, now::get);
        long granted = 0;
        int seconds = 20;
        for (int second = 0; second < seconds; second++) {
            for (long got = pace.throttledByThroughput(PIECE); got > 0; got = pace.throttledByThroughput(PIECE)) {
                granted += got;
            }
            pass(Duration.ofSeconds(1));
        }
        assertThat(granted).isEqualTo(seconds * promised);
    }

    @Test
    void aPauseSavesUpNoMoreThanASecond() {
        CopyPace pace = new CopyPace(PIECE, now::get);
        pass(Duration.ofHours(1));
        assertThat(pace.throttledByThroughput(PIECE)).isEqualTo(PIECE);
        assertThat(pace.throttledByThroughput(PIECE)).isZero();
        pass(Duration.ofMillis(500));
        assertThat(pace.throttledByThroughput(PIECE)).isZero();
        assertThat(pace.throttledByThroughput(PIECE / 2)).isEqualTo(PIECE / 2);
    }

    @Test
    void whatIsSlowerThanAPieceASecondStillMoves() {
        CopyPace pace = new CopyPace(PIECE / 2, now::get);
        assertThat(pace.throttledByThroughput(PIECE)).isEqualTo(PIECE);
        pass(Duration.ofSeconds(1));
        assertThat(pace.throttledByThroughput(PIECE)).isZero();
        pass(Duration.ofSeconds(1));
        assertThat(pace.throttledByThroughput(PIECE)).isEqualTo(PIECE);
    }

    /** JRaft does not know the size of the list of files, and asks for as much as there is. */
    @Test
    void theListOfFilesIsNotCounted() {
        CopyPace pace = new CopyPace(PIECE, now::get);
        assertThat(pace.throttledByThroughput(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(pace.throttledByThroughput(PIECE)).isEqualTo(PIECE);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
