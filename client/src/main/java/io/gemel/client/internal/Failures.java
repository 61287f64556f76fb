package io.gemel.client.internal;

import io.gemel.naming.RegistryException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;

/** Says in few words why a server could not be used. */
final class Failures {
    private Failures() {}

    /** As people write it: {@code 5 s}, {@code 1500 ms}. */
    static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** The cause of a broken connection if there is one, such as "Connection refused"; else the refusal itself. */
    static String text(RegistryException why) {
        Throwable root = why;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String cause = root.getMessage();
        if (root instanceof ConnectException && cause != null) {
            return cause.substring(cause.lastIndexOf(": ") + 1).strip(); // without the name of a system call
        }
        return root instanceof IOException && cause != null && !cause.isEmpty()
                ? cause
                : why.code() + ": " + why.getMessage();
    }
}
