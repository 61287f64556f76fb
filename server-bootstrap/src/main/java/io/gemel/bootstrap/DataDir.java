package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A data directory that this process holds to itself, with the file that says whose it is.
 *
 * <p>The file is replaced as a whole: written aside, forced to disk, renamed, and the rename forced too. After a crash it
 * holds what it held before or what it should hold, never something between.
 */
final class DataDir implements AutoCloseable {
    static final String IDENTITY_FILE = "node.properties";
    private static final String LOCK_FILE = "node.lock";
    private static final String NEXT_FILE = IDENTITY_FILE + ".next";
    private static final String CHECKSUM = "checksum";

    /** What an unused directory may hold: our own first traces, and what file systems put at their root. */
    private static final Set<String> FOUND_IN_UNUSED = Set.of(LOCK_FILE, NEXT_FILE, "lost+found");

    private final Path path;
    private final FileChannel lockChannel;

    private DataDir(Path path, FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    /** Makes the directory if need be, and takes it. Throws {@link StartRefused} if that cannot be done. */
    static DataDir take(Path path) {
        try {
            Files.createDirectories(path);
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw refuse(
                        path,
                        "is in use by another process",
                        "stop that process, or give this node a directory of its own");
            }
            return new DataDir(path, channel);
        } catch (FileAlreadyExistsException e) {
            throw refuse(path, "is a file", "name a directory", e);
        } catch (AccessDeniedException e) {
            throw refuse(path, "may not be written by this user", "change its owner, or name another directory", e);
        } catch (IOException e) {
            throw refuse(path, "cannot be used (" + e.getMessage() + ")", "name a directory that can be written", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // another node of this very process
        }
    }

    Path path() {
        return path;
    }

    /** What the identity file says; empty if the directory is unused. */
    Optional<Map<String, String>> read() {
        return read(path);
    }

    /** What the identity file in {@code path} says, without taking the directory. */
    static Optional<Map<String, String>> read(Path path) {
        Path file = path.resolve(IDENTITY_FILE);
        if (!Files.exists(file)) {
            List<String> foreign = foreignFiles(path);
            if (!foreign.isEmpty()) {
                throw refuse(
                        path,
                        "has no %s but holds %s".formatted(IDENTITY_FILE, String.join(", ", foreign)),
                        "name an empty or new directory, or " + restore(path));
            }
            return Optional.empty();
        }
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(Files.readString(file)));
            SortedMap<String, String> entries = new TreeMap<>();
            properties.stringPropertyNames().forEach(name -> entries.put(name, properties.getProperty(name)));
            String sum = entries.remove(CHECKSUM);
            if (sum != null && !sum.equals(checksum(entries))) {
                throw refuse(path, "has a damaged " + IDENTITY_FILE + ": its checksum differs", restore(path));
            }
            return Optional.of(entries);
        } catch (IOException | IllegalArgumentException e) {
            throw refuse(path, "has an unreadable " + IDENTITY_FILE + " (" + e + ")", restore(path), e);
        }
    }

    /** What to do about a directory that does not say, or not reliably, whose it is. */
    static String restore(Path path) {
        Path directory = path.toAbsolutePath().normalize();
        return "restore " + directory.resolve(IDENTITY_FILE) + " from a backup; or, if this node has peers, move "
                + directory
                + " away and start it again with its --node-id, and --members or --join: it takes all from the others";
    }

    private static String checksum(SortedMap<String, String> entries) {
        CRC32C sum = new CRC32C();
        entries.forEach((name, value) -> sum.update((name + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
        return Long.toHexString(sum.getValue());
    }

    private static List<String> foreignFiles(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !FOUND_IN_UNUSED.contains(name))
                    .sorted()
                    .limit(3)
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw refuse(path, "cannot be listed (" + e + ")", "change its owner, or name another directory", e);
        }
    }

    /** Replaces the identity file; on return it is on disk. */
    void write(Map<String, String> identity) {
        SortedMap<String, String> entries = new TreeMap<>(identity);
        entries.put(CHECKSUM, checksum(entries));
        String text = entries.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining("", "# Whose directory this is. Written by the node; do not edit.\n", ""));
        Path next = path.resolve(NEXT_FILE);
        try {
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, path.resolve(IDENTITY_FILE), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw refuse(path, "cannot be written (" + e + ")", "check free space and permissions", e);
        }
    }

    /** Lets other processes take the directory. */
    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static StartRefused refuse(Path path, String why, String whatToDo) {
        return new StartRefused(Code.BAD_DATA_DIR, "data-dir: " + path + " " + why, whatToDo);
    }

    private static StartRefused refuse(Path path, String why, String whatToDo, Exception cause) {
        return new StartRefused(Code.BAD_DATA_DIR, "data-dir: " + path + " " + why, whatToDo, cause);
    }
}
