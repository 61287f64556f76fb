package io.gemel.it.faults.check;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is made when it is first asked for, and kept. Confined to one thread. */
final class Once<T> {
    private final Supplier<T> source;
    private @Nullable T made;

    Once(Supplier<T> source) {
        this.source = source;
    }

    T get() {
        if (made == null) {
            made = source.get();
        }
        return made;
    }
}
