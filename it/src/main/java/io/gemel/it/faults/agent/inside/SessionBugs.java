package io.gemel.it.faults.agent.inside;

import java.util.List;

/** Sessions that end too late or too early. */
final class SessionBugs {
    private static final String SESSIONS = "naming.Sessions";

    private SessionBugs() {}

    static List<Bug> all() {
        return List.of(
                Bug.of("zombie", Weave.into(SESSIONS, "lost", Twist.nothing())),
                Bug.of("no-resume-window", Weave.into(SESSIONS, "lose", endsAtOnce())));
    }

    /** Who loses the connection loses the session. */
    private static Twist endsAtOnce() {
        return Twist.result((call, result) -> {
            Peek.call(call.object(), "close", Peek.field(call.arguments()[0], "publisher"));
            return result;
        });
    }
}
