package io.gemel.it.faults.stage;

import java.nio.file.Path;

/** Where a node keeps its data. */
public interface Disk extends AutoCloseable {
    /** {@code plain}, {@code loop} or {@code tmpfs}. */
    String kind();

    /** The directory the node is given. */
    Path dir();

    /** Drops what was not synced, as a power loss does; every later access fails until {@link #restore}. Throws {@link UnsupportedOperationException} if it cannot. */
    void losePower();

    /** Mounts it again after {@link #losePower}. No process may hold it. */
    void restore();

    /** Fills it until no byte is free. As {@link #losePower}, if it cannot. */
    void fill();

    /** Frees what {@link #fill} took. */
    void free();

    @Override
    void close();
}
