package io.gemel.it.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The heap of a JVM, in MB of a million bytes.
 *
 * @param used what objects take, after a full collection
 * @param total what the JVM has taken from the system for objects
 */
record JavaHeap(double used, double total) {
    /** A generation of the heap, or all of it; what is not heap is told in other words. */
    private static final Pattern PART = Pattern.compile("total (\\d+)K, used (\\d+)K");

    private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    private static final double KILOBYTE = 1024;

    /** What is missing here to ask for it. */
    static Optional<String> missing() {
        return Files.isExecutable(JCMD)
                ? Optional.empty()
                : Optional.of("no '" + JCMD + "'; run with a JDK to measure heaps");
    }

    /** Collects the garbage of the JVM {@code pid}, and looks. */
    static JavaHeap collected(long pid) throws IOException {
        String unused = jcmd(pid, "GC.run");
        return of(jcmd(pid, "GC.heap_info"));
    }

    /** Reads what {@code GC.heap_info} printed; throws {@link IOException} if that is not about a heap. */
    static JavaHeap of(String printed) throws IOException {
        Matcher parts = PART.matcher(printed);
        double used = 0;
        double total = 0;
        while (parts.find()) {
            total += Double.parseDouble(parts.group(1)) * KILOBYTE / 1e6;
            used += Double.parseDouble(parts.group(2)) * KILOBYTE / 1e6;
        }
        if (total == 0) {
            throw new IOException("jcmd GC.heap_info: '" + printed.strip() + "' (expected: 'total ...K, used ...K')");
        }
        return new JavaHeap(used, total);
    }

    private static String jcmd(long pid, String command) throws IOException {
        Process asked = new ProcessBuilder(JCMD.toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        // It ends when it has said all.
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
