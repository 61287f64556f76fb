package io.gemel.it.faults.workload;

import io.gemel.it.faults.check.Check;
import io.gemel.it.faults.stage.Preparation;
import java.util.List;

/** A kind of use that a run makes of its servers. Stateless. */
public interface Workload {
    /** As on the command line: lower case, words joined by '-'. */
    String name();

    /** One sentence for {@code --list}. */
    String description();

    /** The promises that this use puts to the test. */
    List<Check> checks();

    /** What it needs of the servers before they start. */
    default void prepare(Preparation preparation) {}

    /** Whether clients die in it, so that it has to be seen for how long what they held is still shown. */
    default boolean awaitsDeaths() {
        return false;
    }

    /** Starts the clients. They are at work when this returns. Blocks. */
    Activity begin(Work work);
}
