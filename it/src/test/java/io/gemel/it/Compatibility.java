package io.gemel.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * Notes which client does what, for {@code docs/NACOS-COMPATIBILITY.md}: a test says at its begin what it is about to prove, and the note says how it
 * ended. What was skipped leaves none. The notes of a class are a file, since classes run in several JVMs.
 */
final class Compatibility implements AfterEachCallback, AfterAllCallback {
    private static final Path NOTES = Path.of(System.getProperty("gemel.it.compatibility", "target/compatibility"));

    private final List<CompatibilityTable.Cell> claims = new ArrayList<>();
    private final CompatibilityTable noted = new CompatibilityTable();

    /** What the tests of all classes have noted since this was asked last. */
    static CompatibilityTable takeNotes() throws IOException {
        CompatibilityTable all = new CompatibilityTable();
        if (Files.isDirectory(NOTES)) {
            try (Stream<Path> files = Files.list(NOTES)) {
                for (Path file : files.toList()) {
                    all.putAll(CompatibilityTable.parse(Files.readString(file)));
                    Files.delete(file);
                }
            }
        }
        return all;
    }

    /** The running test proves that this {@code version} of a kind of clients does {@code what}. */
    void proves(String clients, String version, String what) {
        claims.add(new CompatibilityTable.Cell(clients, version, what));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Optional<Throwable> failure = context.getExecutionException();
        if (failure.filter(TestAbortedException.class::isInstance).isEmpty()) {
            claims.forEach(claim -> noted.put(claim, failure.isEmpty()));
        }
        claims.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Files.createDirectories(NOTES);
        Files.writeString(NOTES.resolve(context.getRequiredTestClass().getSimpleName() + ".md"), noted.markdown());
    }
}
