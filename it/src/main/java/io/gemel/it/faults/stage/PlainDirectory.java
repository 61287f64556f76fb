package io.gemel.it.faults.stage;

import java.nio.file.Path;

/** A directory of the file system that the harness runs on: nothing can be done to it. */
record PlainDirectory(Path dir) implements Disk {
    @Override
    public String kind() {
        return "plain";
    }

    @Override
    public void losePower() {
        throw unable("lose power");
    }

    @Override
    public void restore() {
        throw unable("lose power");
    }

    @Override
    public void fill() {
        throw unable("be filled");
    }

    @Override
    public void free() {
        throw unable("be filled");
    }

    @Override
    public void close() {
        // What the node wrote is evidence.
    }

    private static UnsupportedOperationException unable(String what) {
        return new UnsupportedOperationException("a plain directory cannot " + what);
    }
}
