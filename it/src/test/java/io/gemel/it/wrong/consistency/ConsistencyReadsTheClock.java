package io.gemel.it.wrong.consistency;

/** Wrong: no simulator can move this clock. */
record ConsistencyReadsTheClock(long now) {
    ConsistencyReadsTheClock() {
        this(System.nanoTime());
    }
}
