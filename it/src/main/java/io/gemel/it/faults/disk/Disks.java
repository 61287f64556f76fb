package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the disks of a stage. */
public final class Disks {
    private Disks() {}

    /**
     * A disk for {@code node}, mounted and empty.
     *
     * <p>Loop and tmpfs disks are mounted in this process's mount namespace, which should be private to it: they then
     * vanish with it, however it ends.
     *
     * @param kind plain, loop or tmpfs
     * @param dir the node's own directory, which exists; the disk is mounted in it as {@code disk}
     * @throws IllegalStateException with what the operating system said, if it cannot be made here
     */
    public static Disk make(String kind, Path dir, String node) {
        Path at = directory(dir.resolve("disk"));
        return switch (kind) {
            case "plain" -> new PlainDisk(at);
            case "loop" -> LoopDisk.make(dir.resolve(node + ".img"), at);
            case "tmpfs" -> TmpfsDisk.make(at, node);
            default -> throw new IllegalArgumentException("disk: " + kind + " (expected: plain, loop or tmpfs)");
        };
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
