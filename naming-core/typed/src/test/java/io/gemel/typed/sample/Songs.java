package io.gemel.typed.sample;

import java.util.concurrent.atomic.AtomicInteger;

/** How often a {@link Canary} was touched; apart from it, so that to ask does not touch one. */
public final class Songs {
    /** The count. */
    public static final AtomicInteger HEARD = new AtomicInteger();

    private Songs() {}
}
