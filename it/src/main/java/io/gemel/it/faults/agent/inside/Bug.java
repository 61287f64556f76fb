package io.gemel.it.faults.agent.inside;

import java.util.List;

/** A seeded bug: what is woven under one name. */
record Bug(String name, List<Weave> weaves) {
    Bug {
        weaves = List.copyOf(weaves);
    }

    static Bug of(String name, Weave... weaves) {
        return new Bug(name, List.of(weaves));
    }
}
