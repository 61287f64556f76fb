package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Disk;
import java.nio.file.Path;

/** A small file system in memory: it can be full, and needs fewer rights than a {@link LoopDisk}, but knows no power loss. */
final class TmpfsDisk implements Disk {
    private static final String SIZE = "160m";

    private final Mount mount;
    private boolean mounted;

    private TmpfsDisk(Mount mount) {
        this.mount = mount;
    }

    /** Mounts an empty one at {@code at}. */
    static TmpfsDisk make(Path at, String node) {
        Command.run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "gemel-" + node, at.toString());
        TmpfsDisk disk = new TmpfsDisk(new Mount(at));
        disk.mounted = true;
        return disk;
    }

    @Override
    public String kind() {
        return "tmpfs";
    }

    @Override
    public Path dir() {
        return mount.at();
    }

    @Override
    public void losePower() {
        throw new UnsupportedOperationException("a tmpfs disk keeps nothing over a power loss; use a loop disk");
    }

    @Override
    public void restore() {
        throw new UnsupportedOperationException("a tmpfs disk cannot be mounted again; use a loop disk");
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
