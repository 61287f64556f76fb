package io.gemel.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.opentest4j.TestAbortedException;

/**
 * Notes which client does what, for {@code docs/NACOS-COMPATIBILITY.md}: a test says at its begin what it is about to prove, and the note says how it
 * ended. What was skipped leaves none.
 */
final class Compatibility implements BeforeEachCallback, AfterEachCallback {
    private final List<CompatibilityTable.Cell> claims = new ArrayList<>();
    private CompatibilityTable noted = new CompatibilityTable();

    /** What the tests of this run, of all classes, have noted so far. */
    CompatibilityTable noted() {
        return noted;
    }

    /** The running test proves that this {@code version} of a kind of clients does {@code what}. */
    void proves(String clients, String version, String what) {
        claims.add(new CompatibilityTable.Cell(clients, version, what));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        noted = context.getRoot()
                .getStore(Namespace.create(Compatibility.class))
                .computeIfAbsent("noted", name -> new CompatibilityTable(), CompatibilityTable.class);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Optional<Throwable> failure = context.getExecutionException();
        if (failure.filter(TestAbortedException.class::isInstance).isEmpty()) {
            claims.forEach(claim -> noted.put(claim, failure.isEmpty()));
        }
        claims.clear();
    }
}
