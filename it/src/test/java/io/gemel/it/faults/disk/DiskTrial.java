package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What {@link DisksTest} runs in a mount namespace of its own, so that nothing stays mounted however it ends. */
final class DiskTrial {
    private DiskTrial() {}

    /** Arguments: the kind of disk, and a directory. Prints what it saw, a line for each fact. */
    public static void main(String[] args) throws IOException {
        try (Disk disk = Disks.make(args[0], Path.of(args[1]), "s1")) {
            if (args[0].equals("loop")) {
                losePower(disk);
            }
            disk.fill();
            System.out.println("written to a full disk: " + write(disk, "more", true));
            disk.free();
            System.out.println("written after free: " + write(disk, "more", true));
        }
        System.out.println("left behind: " + Files.exists(Path.of(args[1], "disk", "more")));
    }

    private static void losePower(Disk disk) throws IOException {
        System.out.println("synced: " + write(disk, "synced", true));
        // The sync of one file may carry others along; what comes after it has had no sync at all.
        System.out.println("unsynced: " + write(disk, "unsynced", false));
        disk.losePower();
        System.out.println("written without power: " + write(disk, "late", true));
        disk.restore();
        System.out.println("kept synced: " + Files.exists(disk.dir().resolve("synced")));
        System.out.println("kept unsynced: " + Files.exists(disk.dir().resolve("unsynced")));
    }

    private static boolean write(Disk disk, String name, boolean sync) {
        try (FileChannel channel =
                FileChannel.open(disk.dir().resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(100_000);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (sync) {
                channel.force(true);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
