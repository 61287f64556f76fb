package io.gemel.consistency.raft;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A log index on disk, beside the log, up to which the log must reach.
 *
 * <p>A log that was deleted, or replaced by an older copy, looks whole to whoever opens it. A node with such a log would
 * vote, and help to elect, a leader that lacks acknowledged writes. The mark tells.
 */
final class HighWaterMark {
    private final CheckedLine line;

    HighWaterMark(Path file) {
        this.line = new CheckedLine(file);
    }

    /** The index; 0 if none was ever written. Throws {@link IOException} if the file is damaged. */
    long read() throws IOException {
        Optional<List<String>> words = line.read();
        return words.isEmpty() ? 0 : Long.parseLong(words.get().get(0));
    }

    /** Replaces the index, and returns once that survives a power failure. */
    void write(long index) throws IOException {
        line.write(List.of(Long.toString(index)));
    }
}
