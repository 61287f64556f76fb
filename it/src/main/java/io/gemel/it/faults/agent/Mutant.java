package io.gemel.it.faults.agent;

import io.gemel.it.faults.stage.Preparation;
import java.time.Duration;
import java.util.List;

/**
 * A seeded bug, and the run that must find it.
 *
 * @param name as on the command line: lower case, words joined by '-'
 * @param description what it does wrong, in one sentence
 * @param place which processes have it
 * @param workload under which it must be found
 * @param nemeses under which it must be found; empty if no fault is needed
 * @param time how long the fault phase of that run is
 * @param checks of which at least one must be violated
 */
public record Mutant(
        String name,
        String description,
        Place place,
        String workload,
        List<String> nemeses,
        Duration time,
        List<String> checks) {

    /** Where a seeded bug lives. */
    public enum Place {
        SERVERS,
        CLIENTS
    }

    /** Copies the lists. */
    public Mutant {
        nemeses = List.copyOf(nemeses);
        checks = List.copyOf(checks);
    }

    /** Lets every server, or every client process, of a run start with this bug. Throws {@link IllegalStateException} if the agent's jar is not built. */
    public void prepare(Preparation preparation) {
        switch (place) {
            case SERVERS -> preparation.jvmOption(AgentJar.option("bug=" + name));
            case CLIENTS -> preparation.workerOption(AgentJar.option("bug=" + name));
        }
    }
}
