package io.gemel.it.faults.agent.inside;

import java.util.List;

/** Clients that come back and do not bring what they had. These are woven into client processes. */
final class ClientBugs {
    private static final String CLIENT = "client.internal.";

    private ClientBugs() {}

    static List<Bug> all() {
        return List.of(
                Bug.of("lost-redo", Weave.into(CLIENT + "Holdings", "replay", Twist.answer(List.of()))),
                Bug.of("lost-watch", Weave.into(CLIENT + "Watches", "restart", Twist.nothing())));
    }
}
