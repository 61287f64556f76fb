package io.gemel.consistency.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A file of one line that is replaced as a whole and vouches for itself: format, words, checksum.
 *
 * <p>For the few facts that a member must neither forget nor misread. Not thread-safe.
 */
final class CheckedLine {
    private static final String FORMAT = "1";

    private final Path file;

    CheckedLine(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Its words; empty if it was never written. Throws {@link IOException} if it is not as it was written. */
    Optional<List<String>> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String line = Files.readString(file, StandardCharsets.ISO_8859_1);
        List<String> parts = List.of(line.strip().split(" ", -1));
        if (parts.size() < 3 || !line.equals(line(parts.subList(1, parts.size() - 1)))) {
            throw new IOException(file + " is damaged: '" + printable(line) + "' (expected: format, words, checksum)");
        }
        return Optional.of(parts.subList(1, parts.size() - 1));
    }

    /** Replaces its words, none of which holds a space, and returns once they survive a power failure. */
    void write(List<String> words) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        ByteBuffer bytes = ByteBuffer.wrap(line(words).getBytes(StandardCharsets.ISO_8859_1));
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        SnapshotFiles.syncName(file);
    }

    private static String line(List<String> words) {
        String body = FORMAT + " " + String.join(" ", words);
        CRC32C sum = new CRC32C();
        sum.update(body.getBytes(StandardCharsets.ISO_8859_1));
        return body + " " + Long.toHexString(sum.getValue()) + "\n";
    }

    private static String printable(String line) {
        String head = line.substring(0, Math.min(line.length(), 80)).strip();
        return head.replaceAll("[^ -~]", "?");
    }
}
