package io.gemel.typed;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Where the Hessian library would look for a class by its name, and finds none. */
final class NoClasses extends ClassLoader {
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    NoClasses() {
        super(null);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        asked.add(name);
        throw new ClassNotFoundException(name + " (expected: that no class is asked for by its name)");
    }

    /** The names that were asked for. */
    Set<String> asked() {
        return Set.copyOf(asked);
    }
}
