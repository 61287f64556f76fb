package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Disk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An ext4 file system in a file. A real one of this kernel, so that what it keeps of unsynced writes when the power goes is
 * what a real one keeps.
 *
 * <p>The power goes by the ioctl FS_IOC_SHUTDOWN without a flush of the journal: nothing more reaches the file, and every
 * access fails with EIO. Java cannot call it; every interpreter on the machine can.
 */
final class LoopDisk implements Disk {
    private static final long BYTES = 384L * 1024 * 1024;

    /** Each one shuts the file system of the directory, its last argument, down. FS_IOC_SHUTDOWN is _IOR('X', 125, u32), 2 means no flush. */
    private static final List<List<String>> SHUTDOWNS = List.of(
            List.of(
                    "perl",
                    "-e",
                    "open(my $d, '<', $ARGV[0]) or die $!; my $f = pack('L', 2); defined ioctl($d, 0x8004587d, $f) or die $!"),
            List.of(
                    "python3",
                    "-c",
                    "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))"),
            List.of("xfs_io", "-x", "-c", "shutdown"));

    private final Path image;
    private final Mount mount;
    private boolean mounted;

    private LoopDisk(Path image, Mount mount) {
        this.image = image;
        this.mount = mount;
    }

    /** Makes the file {@code image} and mounts it at {@code at}. */
    static LoopDisk make(Path image, Path at) {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(0);
            file.setLength(BYTES); // sparse: it takes what is written
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        LoopDisk disk = new LoopDisk(image, new Mount(at));
        disk.mount();
        return disk;
    }

    /** What takes the power of the directory that is appended to it; empty if this machine has nothing that could. */
    static Optional<List<String>> shutdown() {
        return SHUTDOWNS.stream()
                .filter(command -> Command.find(command.get(0)).isPresent())
                .findFirst();
    }

    private synchronized void mount() {
        // The loop device belongs to the mount: it is freed with it.
        Command.run("mount", "-o", "loop,noatime", image.toString(), mount.at().toString());
        mounted = true;
    }

    @Override
    public String kind() {
        return "loop";
    }

    @Override
    public Path dir() {
        return mount.at();
    }

    @Override
    public synchronized void losePower() {
        List<String> command = shutdown()
                .orElseThrow(() -> new UnsupportedOperationException(
                        "no perl, python3 or xfs_io to shut a file system down with; install one"));
        Command.run(Stream.concat(command.stream(), Stream.of(mount.at().toString()))
                .toArray(String[]::new));
    }

    @Override
    public synchronized void restore() {
        if (mounted) {
            mount.unmount();
            mounted = false;
        }
        mount();
    }

    @Override
    public void fill() {
        mount.fill();
    }

    @Override
    public void free() {
        mount.free();
    }

    @Override
    public synchronized void close() {
        if (mounted) {
            mount.unmount();
            mounted = false;
        }
    }
}
