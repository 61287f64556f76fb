package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Preparation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A kind of fault. Stateless; a run asks it once for its schedule. */
public interface Nemesis {
    /** As on the command line: lower case, words joined by '-'. */
    String name();

    /** One sentence for {@code --list}. */
    String description();

    /** Why it cannot be injected on this machine (no rights, no tool), and what would help; empty if it can. */
    Optional<String> unavailable();

    /** What it needs of the servers before they start. */
    default void prepare(Preparation preparation) {}

    /**
     * When which faults happen. The same arguments give the same schedule.
     *
     * @param random of this nemesis alone
     * @param time how long the fault phase is; every fault is healed within it
     * @param nodes the ids of the servers
     */
    List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes);
}
