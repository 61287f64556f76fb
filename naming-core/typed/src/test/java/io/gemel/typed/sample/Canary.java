package io.gemel.typed.sample;

import java.io.Serializable;
import java.util.HashMap;

/** Counts whenever it is initialised or made, in any of the ways in which deserialisation does that. */
public final class Canary extends HashMap<String, String> implements Comparable<Canary>, Serializable {
    private static final long serialVersionUID = 1;

    static {
        Songs.HEARD.incrementAndGet();
    }

    /** Makes one, which counts. */
    public Canary() {
        Songs.HEARD.incrementAndGet();
    }

    private Object readResolve() {
        Songs.HEARD.incrementAndGet();
        return this;
    }

    @Override
    public int hashCode() {
        Songs.HEARD.incrementAndGet();
        return 1;
    }

    @Override
    public boolean equals(Object other) {
        Songs.HEARD.incrementAndGet();
        return this == other;
    }

    @Override
    public int compareTo(Canary other) {
        Songs.HEARD.incrementAndGet();
        return 0;
    }
}
