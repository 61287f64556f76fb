package io.gemel.it.faults.disk;

import io.gemel.consistency.raft.StateOnDisk;
import io.gemel.it.faults.stage.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What {@link SnapshotPowerLossTest} runs in a mount namespace of its own. */
final class SnapshotTrial {
    /** In this order they are taken over: the last is linked after the last file whose sync might carry its name along. */
    private static final List<String> FILES = List.of("000009.sst", "CURRENT", "z.sst");

    private static final int BYTES = 5_000;

    private SnapshotTrial() {}

    /** Argument: a directory. Prints what was there after each loss of power, a line for each fact. */
    public static void main(String[] args) throws IOException {
        try (Disk disk = Disks.make("loop", Path.of(args[0]), "s1")) {
            Path snapshot = snapshot(disk.dir());
            Path next = disk.dir().resolve("state.next");
            StateOnDisk.link(snapshot, next);
            loseAndRestorePower(disk);
            for (String file : FILES) {
                System.out.println("taken over " + file + ": " + size(next.resolve(file)));
            }
            Path state = disk.dir().resolve("state");
            StateOnDisk.rename(Files.createDirectories(next), state);
            loseAndRestorePower(disk);
            System.out.println("renamed: " + (Files.exists(state) && !Files.exists(next)));

            Path node = Files.createDirectory(disk.dir().resolve("node"));
            String taken = StateOnDisk.takeOver(node);
            loseAndRestorePower(disk);
            System.out.println(
                    "opened as taken over: " + StateOnDisk.opened(node).equals(taken));
        }
    }

    private static void loseAndRestorePower(Disk disk) {
        disk.losePower();
        disk.restore();
    }

    /** Files of which each byte and name is on disk. */
    private static Path snapshot(Path parent) throws IOException {
        Path snapshot = Files.createDirectory(parent.resolve("snapshot"));
        for (String file : FILES) {
            try (FileChannel channel =
                    FileChannel.open(snapshot.resolve(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.allocate(BYTES);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
        }
        try (FileChannel names = FileChannel.open(snapshot, StandardOpenOption.READ)) {
            names.force(true);
        }
        return snapshot;
    }

    private static String size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) + " bytes" : "missing";
    }
}
