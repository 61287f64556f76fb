package io.gemel.it.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** One question about speed or size, answered by running servers. */
interface Measure {
    /** What it is called on the command line. */
    String name();

    /** What it answers, in one line. */
    String question();

    /** What has to be installed before it can run; empty if nothing. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /** Whether it takes so much time and memory that it runs only where it is named. */
    default boolean onlyIfNamed() {
        return false;
    }

    /** Starts what it needs, measures, and ends what it started. */
    List<Result> run(Plan plan) throws IOException;
}
