package io.gemel.typed.sample;

import java.io.Serializable;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts whenever it is initialised or made, in any of the ways in which deserialisation does that. */
public final class Canary extends HashMap<String, String> implements Comparable<Canary>, Serializable {
    private static final long serialVersionUID = 1;
    static final AtomicInteger SONGS = new AtomicInteger();

    static {
        SONGS.incrementAndGet();
    }

    /** Makes one, which counts. */
    public Canary() {
        SONGS.incrementAndGet();
    }

    private Object readResolve() {
        SONGS.incrementAndGet();
        return this;
    }

    @Override
    public int hashCode() {
        SONGS.incrementAndGet();
        return 1;
    }

    @Override
    public boolean equals(Object other) {
        SONGS.incrementAndGet();
        return this == other;
    }

    @Override
    public int compareTo(Canary other) {
        SONGS.incrementAndGet();
        return 0;
    }
}
