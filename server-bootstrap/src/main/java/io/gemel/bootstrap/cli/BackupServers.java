package io.gemel.bootstrap.cli;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.BackupCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of the commands that save and restore, and how these ask: one server after the other, until one does it. */
final class BackupServers extends Servers {
    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "How long it may take. Default: 600")
    private int timeoutSeconds;

    /** Checks the options. */
    void begin() {
        log();
        checkTimeout(timeoutSeconds);
    }

    /** Something asked of one server. */
    interface Request<R> {
        R ask(BackupCalls calls, Duration timeout) throws IOException;
    }

    /** Asks the next server if one cannot do it now, and nothing is done. */
    <R> R ask(Request<R> request) throws IOException {
        Optional<RegistryException> last = Optional.empty();
        for (String server : servers()) {
            try (BackupCalls calls = new BackupCalls(server)) {
                return request.ask(calls, Duration.ofSeconds(timeoutSeconds));
            } catch (RegistryException refusal) {
                if (!passes(refusal.code())) {
                    throw refusal;
                }
                last = Optional.of(refusal);
            }
        }
        throw last.orElseThrow(() -> usage("--server: none (expected: at least one)"));
    }

    private static boolean passes(Code code) {
        return switch (code) {
            case NOT_READY, NO_LEADER, OVERLOADED, SHUTTING_DOWN, UNAVAILABLE, DISK_LOW -> true;
            case BAD_REQUEST,
                    NOT_FOUND,
                    DURABILITY_CONFLICT,
                    REVISION_CONFLICT,
                    NO_SESSION,
                    UNKNOWN_SESSION,
                    SESSION_MOVED,
                    MEMBERSHIP_REFUSED,
                    NOT_EMPTY,
                    UNKNOWN_OUTCOME -> false;
        };
    }
}
