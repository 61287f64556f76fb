package io.gemel.it.faults.agent.inside;

import org.jspecify.annotations.Nullable;

/** What two twists of one bug tell each other. Thread-safe. */
final class Flag {
    private volatile boolean raised;

    /** Raises the flag when the method has returned. */
    Twist raises() {
        return Twist.result((call, result) -> {
            raised = true;
            return result;
        });
    }

    /** As {@code twist}, from when the flag is raised. */
    Twist onceRaised(Twist twist) {
        return new Twist() {
            @Override
            public @Nullable Object before(Call call) {
                return raised ? twist.before(call) : null;
            }
        };
    }
}
