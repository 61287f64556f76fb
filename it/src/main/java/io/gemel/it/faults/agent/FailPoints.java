package io.gemel.it.faults.agent;

import io.gemel.it.faults.agent.inside.FailPlace;
import io.gemel.it.faults.nemesis.Nemesis;
import java.util.List;

/** The places in a server at which it can be made to die. */
public final class FailPoints {
    private FailPoints() {}

    /** Their names, in the order in which a write comes past them. */
    public static List<String> all() {
        return FailPlace.all().stream().map(FailPlace::name).toList();
    }

    /** The fault that lets a server die at one of them. */
    public static Nemesis nemesis() {
        return new FailPointNemesis();
    }
}
