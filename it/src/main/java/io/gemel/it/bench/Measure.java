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

    /** Starts what it needs, measures, and ends what it started. */
    List<Result> run(Plan plan) throws IOException;
}
