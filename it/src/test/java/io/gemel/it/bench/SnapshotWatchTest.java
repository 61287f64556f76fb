package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotWatchTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Ticker ticker = nanos::get;

    @TempDir
    private Path data;

    private Path snapshots = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        snapshots = Files.createDirectories(data.resolve("raft").resolve("snapshot"));
        Files.createDirectory(snapshots.resolve("snapshot_1"));
    }

    private void pass(int millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    private void rename(String from, String to) throws IOException {
        Files.move(snapshots.resolve(from), snapshots.resolve(to));
    }

    @Test
    void theSnapshotThatWasThereIsNoneThatIsTaken() throws IOException {
        SnapshotWatch watch = new SnapshotWatch(ticker, List.of(data));

        assertThat(watch.look()).isFalse();
        assertThat(watch.millis()).isEmpty();
    }

    @Test
    void oneIsUnderWayFromItsFirstFileToItsName() throws IOException {
        SnapshotWatch watch = new SnapshotWatch(ticker, List.of(data));

        Files.createDirectory(snapshots.resolve("temp"));
        assertThat(watch.look()).isTrue();
        pass(40);
        assertThat(watch.look()).isTrue();
        pass(10);
        rename("temp", "snapshot_2");
        assertThat(watch.look()).isTrue();
        assertThat(watch.look()).isFalse();

        assertThat(watch.millis()).containsExactly(50);
    }

    @Test
    void oneThatBeganUnseenIsSeenAndNotTimed() throws IOException {
        Files.createDirectory(snapshots.resolve("temp"));
        SnapshotWatch watch = new SnapshotWatch(ticker, List.of(data));

        assertThat(watch.look()).isTrue();
        rename("temp", "snapshot_2");
        assertThat(watch.look()).isTrue();
        assertThat(watch.millis()).isEmpty();
    }

    @Test
    void oneThatCameBetweenTwoLooksIsSeen() throws IOException {
        SnapshotWatch watch = new SnapshotWatch(ticker, List.of(data));

        Files.createDirectory(snapshots.resolve("snapshot_2"));

        assertThat(watch.look()).isTrue();
        assertThat(watch.look()).isFalse();
    }

    @Test
    void aServerWithoutSnapshotsHasNotTakenOne(@TempDir Path empty) throws IOException {
        SnapshotWatch watch = new SnapshotWatch(ticker, List.of(empty));

        assertThat(watch.look()).isFalse();
    }

    @Test
    void eachServerIsLookedAt(@TempDir Path other) throws IOException {
        Path theirs = Files.createDirectories(other.resolve("raft").resolve("snapshot"));
        SnapshotWatch watch = new SnapshotWatch(ticker, List.of(data, other));

        Files.createDirectory(theirs.resolve("temp"));

        assertThat(watch.look()).isTrue();
    }
}
