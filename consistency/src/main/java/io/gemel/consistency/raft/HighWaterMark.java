package io.gemel.consistency.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A log index on disk, beside the log, up to which the log must reach.
 *
 * <p>A log that was deleted, or replaced by an older copy, looks whole to whoever opens it. A node with such a log would
 * vote, and help to elect, a leader that lacks acknowledged writes. The mark tells. The file is one line: format, index,
 * checksum.
 */
final class HighWaterMark {
    private static final String FORMAT = "1";

    private final Path file;

    HighWaterMark(Path file) {
        this.file = file;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** The index; 0 if none was ever written. Throws {@link IOException} if the file is damaged. */
    long read() throws IOException {
        if (!exists()) {
            return 0;
        }
        String line = Files.readString(file, StandardCharsets.US_ASCII);
        String[] parts = line.strip().split(" ", -1);
        if (parts.length != 3 || !line.equals(line(parts[1]))) {
            throw new IOException(file + " is damaged: '" + line.strip() + "' (expected: format, index, checksum)");
        }
        return Long.parseLong(parts[1]);
    }

    /** Replaces the index, and returns once that survives a power failure. */
    void write(long index) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        ByteBuffer bytes = ByteBuffer.wrap(line(Long.toString(index)).getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static String line(String index) {
        String body = FORMAT + " " + index;
        CRC32C sum = new CRC32C();
        sum.update(body.getBytes(StandardCharsets.US_ASCII));
        return body + " " + Long.toHexString(sum.getValue()) + "\n";
    }
}
