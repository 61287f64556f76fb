package io.gemel.it.bench;

import java.io.IOException;
import java.util.List;

/** One question about speed or size, answered by running servers. */
interface Measure {
    /** What it is called on the command line. */
    String name();

    /** What it answers, in one line. */
    String question();

    /** Starts what it needs, measures, and ends what it started. */
    List<Result> run(Plan plan) throws IOException;
}
