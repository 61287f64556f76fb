package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.ManualLoop;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftFailureTest {
    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger withdrawn = new AtomicInteger();
    private final List<Throwable> ended = new ArrayList<>();
    private final Readiness readiness = new Readiness();
    private final ManualLoop loop = new ManualLoop();

    @Test
    void theNodeLeavesAtOnceAndSaysWhyBeforeItEnds() {
        RaftFailure failure = new RaftFailure(
                new RaftConsistency.Local(loop, new ServiceIndex(loop, views -> {}), readiness, now::get, ended::add),
                new Cure(directory, false),
                withdrawn::incrementAndGet);
        IOException first = new IOException("cannot write the state: IO error: No space left on device");
        failure.tick();
        failure.accept(first);
        failure.accept(new IOException("another one, which follows from it"));

        assertThat(withdrawn).hasValue(1);
        assertThat(readiness.ready()).isFalse();
        assertThat(readiness.reason()).contains("No space left", "is full: free space there and start again");
        failure.tick();
        assertThat(ended).isEmpty();
        now.addAndGet(RaftFailure.SHOWN.toNanos());
        failure.tick();
        failure.tick();
        assertThat(ended).containsExactly(first);
    }
}
