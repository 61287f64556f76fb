package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Disk;
import java.nio.file.Path;

/** A directory of whatever disk the run is on, which nobody harms. */
record PlainDisk(Path dir) implements Disk {
    @Override
    public String kind() {
        return "plain";
    }

    @Override
    public void losePower() {
        throw cannot("lose power");
    }

    @Override
    public void restore() {
        throw cannot("be mounted again");
    }

    @Override
    public void fill() {
        throw cannot("be filled");
    }

    @Override
    public void free() {
        throw cannot("be freed");
    }

    @Override
    public void close() {
        // The directory stays: it is the evidence of the run.
    }

    private static UnsupportedOperationException cannot(String what) {
        return new UnsupportedOperationException("a plain directory cannot " + what + "; use a loop or tmpfs disk");
    }
}
