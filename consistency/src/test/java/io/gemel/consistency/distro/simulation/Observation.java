package io.gemel.consistency.distro.simulation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One line of what a simulated run left for judgement, as the lines of a run of processes are.
 *
 * @param nanos simulated time since the beginning
 * @param process the logical client
 * @param node the server it concerns; empty if none
 * @param key namespace/group/service, for one instance followed by #ip:port/cluster; or a fault's or a phase's name
 * @param value what is written
 * @param revision of a view
 * @param shown what a view showed
 * @param error of what was refused
 */
public record Observation(
        long nanos,
        String process,
        Stage stage,
        Op op,
        String node,
        String key,
        Optional<String> value,
        OptionalLong revision,
        List<Shown> shown,
        Optional<String> error) {

    /** Where in its life an operation is. */
    public enum Stage {
        INVOKE,
        OK,
        FAIL,
        INFO
    }

    /** What a line is about. */
    public enum Op {
        REGISTER,
        DEREGISTER,
        LIST,
        VIEW,
        OPEN,
        CLOSE,
        KILL,
        FREEZE,
        THAW,
        FAULT,
        PHASE
    }

    /**
     * An instance, with the incarnation that its owner wrote into it.
     *
     * @param suspect whether it is shown as one that was lost together with others
     */
    public record Shown(String key, String value, boolean suspect) {}

    /** Copies the list. */
    public Observation {
        shown = List.copyOf(shown);
    }
}
