package io.gemel.it.wrong.naming;

import java.util.function.LongSupplier;

/** Wrong: liveness by a clock that people set. */
record NamingReadsTheWallClock(LongSupplier clock) {
    NamingReadsTheWallClock() {
        this(System::currentTimeMillis);
    }
}
