package io.gemel.it.faults.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What Linux tells of a process; zeros where it tells nothing.
 *
 * @param threads how many
 * @param files open file handles
 * @param residentBytes memory in RAM
 */
record Proc(int threads, int files, long residentBytes) {
    private static final Proc NONE = new Proc(0, 0, 0);

    /** Of the process {@code pid}. */
    static Proc of(OptionalLong pid) {
        if (pid.isEmpty()) {
            return NONE;
        }
        Path dir = Path.of("/proc/" + pid.getAsLong());
        try (Stream<Path> handles = Files.list(dir.resolve("fd"))) {
            String status = Files.readString(dir.resolve("status"));
            return new Proc((int) field(status, "Threads:"), (int) handles.count(), field(status, "VmRSS:") * 1_024);
        } catch (IOException e) {
            return NONE; // it has just ended, or this is no Linux
        }
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }
}
