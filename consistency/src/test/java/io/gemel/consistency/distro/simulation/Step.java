package io.gemel.consistency.distro.simulation;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that is done to a cluster at one time. A step that makes no sense when its time comes, as the crash of a node
 * that is down, does nothing: so any steps can be taken out of a schedule.
 *
 * @param atMillis when, from the beginning of the run
 * @param arguments numbers of nodes, clients, services and slots from 1 up, or what the kind says
 */
public record Step(long atMillis, Kind kind, List<Integer> arguments) {
    /** What can be done. */
    public enum Kind {
        /** The process of a node ends as by kill -9. */
        CRASH("crash"),
        /** The machine of a node loses its power: nobody is told. */
        POWER_OFF("powerOff"),
        START("start"),
        /** A node is asked to stop: it drains its clients first. */
        STOP("stop"),
        FREEZE("freeze"),
        THAW("thaw"),
        /** The clock of a node gains so many millionths from now on. */
        DRIFT("drift"),
        /** A node that was never there starts, and becomes a member as soon as there is a majority to take it in. */
        JOIN("join"),
        /** A node is removed from the members, if there is a majority for that, and may be stopped then. */
        REMOVE("remove"),
        CRASH_ALL("crashAll"),
        START_ALL("startAll"),
        /** Nothing gets from one node to the other. */
        CUT("cut"),
        /** Nothing gets from a node to the others, nor back. */
        ISOLATE("isolate"),
        /** The nodes whose bits are set (node 1 has the lowest) and the others do not reach each other. */
        SPLIT("split"),
        /** From one node to the other takes up to so many milliseconds longer. */
        SLOW("slow"),
        /** All cuts are healed, and nothing is slow. */
        HEAL("heal"),
        /** A client begins its life, again if it had one; at the same addresses. */
        OPEN("open"),
        /** A client registers at a service, in one of its slots. */
        REGISTER("register"),
        DEREGISTER("deregister"),
        WATCH("watch"),
        UNWATCH("unwatch"),
        /** A client says goodbye. */
        CLOSE("close"),
        KILL("kill"),
        /** The machine of a client loses its power. */
        SILENCE("silence"),
        FREEZE_CLIENT("freezeClient"),
        THAW_CLIENT("thawClient"),
        /** All connections of a client are reset. */
        RESET("reset"),
        /** A client and a node do not reach each other. */
        CUT_CLIENT("cutClient");

        private final String method;

        Kind(String method) {
            this.method = method;
        }
    }

    /** Copies the list. */
    public Step {
        arguments = List.copyOf(arguments);
    }

    int argument(int number) {
        return arguments.get(number);
    }

    /** As it is written in a {@link Scenario}. */
    @Override
    public String toString() {
        String text = arguments.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return ".at(" + grouped(atMillis) + ")." + kind.method + "(" + text + ")";
    }

    private static String grouped(long number) {
        return "%,d".formatted(number).replace(',', '_');
    }
}
