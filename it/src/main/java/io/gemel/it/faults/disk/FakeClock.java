package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Preparation;
import io.gemel.it.faults.stage.ServerNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of one server, by libfaketime: a file in the node's directory says how far and how fast it is.
 *
 * <p>The monotonic clock stays true: it is what Gemel may rely on, and what the history of a run is stamped with.
 */
final class FakeClock {
    private static final String FILE = "clock";
    private static final String LIBRARY = "libfaketimeMT.so.1";
    private static final String TRUE_TIME = "+0";

    private FakeClock() {}

    /** Where the library is, if it is installed. */
    static Optional<Path> library() {
        Stream<Path> places = Stream.of(
                        "/usr/lib/x86_64-linux-gnu",
                        "/usr/lib/aarch64-linux-gnu",
                        "/usr/lib64",
                        "/usr/lib",
                        "/usr/local/lib")
                .map(place -> Path.of(place, "faketime", LIBRARY));
        return places.filter(Files::exists).findFirst();
    }

    /** Puts every server's clock under control; it is true until it is {@link #set}. */
    static void prepare(Preparation preparation) {
        String library = library()
                .orElseThrow(() -> new IllegalStateException("no " + LIBRARY))
                .toString();
        if (!preparation.preloads().contains(library)) {
            preparation.preload(library);
        }
        preparation.environment("FAKETIME_TIMESTAMP_FILE", "{dir}/" + FILE);
        preparation.environment("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        preparation.environment("FAKETIME_CACHE_DURATION", "1");
        // Its cure for some C libraries takes the JVM's timed waits for ones by the wall clock: they all end at once,
        // and every thread spins.
        preparation.environment("FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }

    /** Moves the clock of {@code node}, within a second, by {@code seconds}; from there it runs {@code rate} times as fast. */
    static void set(ServerNode node, int seconds, double rate) {
        write(node, "%+d x%s".formatted(seconds, rate));
    }

    /** Makes the clock of {@code node} tell the true time again. */
    static void reset(ServerNode node) {
        write(node, TRUE_TIME);
    }

    /** Replaced as a whole, since the library may read at any moment. */
    private static void write(ServerNode node, String text) {
        Path file = node.dir().resolve(FILE);
        try {
            Path next = Files.write(file.resolveSibling(FILE + ".next"), List.of(text));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
