package io.gemel.it.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** CPU time and memory, as Linux counts them under /proc. */
final class Machine {
    private static final Path PROC = Path.of("/proc");

    /** USER_HZ, which is the same on every Linux that a server runs on. */
    private static final long TICKS_PER_SECOND = 100;

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    private Machine() {}

    /** What a process has used of all cores together since it started. */
    static Duration cpu(long pid) {
        String stat = read(PROC.resolve(pid + "/stat"));
        // The command's name is in parentheses and may contain anything, so the fields are counted from behind it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return ticks(Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]));
    }

    /** What all processes have used of all cores together since the machine started, with what its host took away. */
    static Duration cpu() {
        String[] fields =
                read(PROC.resolve("stat")).lines().findFirst().orElseThrow().split(" +", -1);
        long user = Long.parseLong(fields[1]) + Long.parseLong(fields[2]);
        long system = Long.parseLong(fields[3]) + Long.parseLong(fields[6]) + Long.parseLong(fields[7]);
        long stolen = Long.parseLong(fields[8]);
        return ticks(user + system + stolen);
    }

    /** How many cores there are. */
    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** The memory of a process that is in RAM now, in MB of a million bytes. */
    static double residentMegabytes(long pid) {
        return status(pid, "VmRSS") * 1024 / 1e6;
    }

    /** How many threads a process has. */
    static double threads(long pid) {
        return status(pid, "Threads");
    }

    private static double status(long pid, String field) {
        return read(PROC.resolve(pid + "/status"))
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static Duration ticks(long ticks) {
        return Duration.ofNanos(ticks * (TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
