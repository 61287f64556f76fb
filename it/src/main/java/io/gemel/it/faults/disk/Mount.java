package io.gemel.it.faults.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What all mounted disks have in common: they can be filled, and come off again. */
final class Mount {
    private static final String FILLER = "filler";
    private static final int CHUNK_BYTES = 1024 * 1024;
    private static final int BLOCK_BYTES = 4_096;
    private static final int ATTEMPTS_MAX = 100;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);

    private final Path at;

    Mount(Path at) {
        this.at = at;
    }

    Path at() {
        return at;
    }

    /** Takes the last free byte. */
    void fill() {
        Path filler = at.resolve(FILLER);
        try {
            long usable = Files.getFileStore(at).getUsableSpace();
            if (usable > CHUNK_BYTES) {
                // Quick, since nothing is written; what it leaves is filled by writing.
                var unused = Command.attempt("fallocate", "-l", Long.toString(usable - CHUNK_BYTES), filler.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        append(filler, CHUNK_BYTES);
        append(filler, BLOCK_BYTES);
        append(filler, 1);
    }

    private static void append(Path filler, int bytes) {
        try (FileChannel channel = FileChannel.open(
                filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            while (channel.write(ByteBuffer.allocate(bytes)) == bytes) {
                // more
            }
        } catch (IOException full) {
            // What was to be reached: nothing more can be written.
        }
    }

    void free() {
        try {
            Files.deleteIfExists(at.resolve(FILLER));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot free " + at, e);
        }
    }

    /** Unmounts it. A process that was just killed may hold it for a moment longer. */
    void unmount() {
        for (int attempt = 1; ; attempt++) {
            Command.Outcome outcome = Command.attempt("umount", at.toString());
            if (outcome.exit() == 0 || !mounted()) {
                return;
            }
            if (attempt == ATTEMPTS_MAX) {
                throw new IllegalStateException("cannot unmount " + at + ": " + outcome.output());
            }
            LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
        }
    }

    private boolean mounted() {
        return Command.attempt("mountpoint", "-q", at.toString()).exit() == 0;
    }
}
