package io.gemel.bootstrap.cli;

import io.gemel.client.ClientOptions;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.ClusterCalls;
import io.gemel.transport.grpc.KnownCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of the commands that operate a cluster, and how these ask it: any server, again and again within the time there is, as
 * long as that is of use.
 */
final class Operator extends Servers {
    private static final Duration READ_MAX = Duration.ofSeconds(3);

    /** At the end of the time too: what became of it is still worth to be known. */
    private static final Duration READ_MIN = Duration.ofSeconds(1);

    private static final Duration ATTEMPT_MAX = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final int defaultSeconds;
    private final Set<String> known = new LinkedHashSet<>();
    private long deadlineNanos;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait until it is done. Default: 30; for add and replace 120")
    private @Nullable Integer timeoutSeconds;

    /** For a command that takes {@code defaultSeconds} at most, unless it is told otherwise. */
    Operator(int defaultSeconds) {
        this.defaultSeconds = defaultSeconds;
    }

    /** Checks the options; the time runs from here on. */
    void begin() {
        log();
        int seconds = timeoutSeconds == null ? defaultSeconds : timeoutSeconds;
        checkTimeout(seconds);
        deadlineNanos = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        try {
            known.addAll(ClientOptions.of(servers()).servers());
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    /** What is left of the time. */
    Duration left() {
        return Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
    }

    boolean late() {
        return System.nanoTime() - deadlineNanos >= 0;
    }

    /** Who the members are, as any server knows it. */
    KnownCluster list() {
        Duration timeout = left().compareTo(READ_MIN) < 0 ? READ_MIN : shorter(left(), READ_MAX);
        KnownCluster cluster = ask((calls, unused) -> calls.list(timeout));
        cluster.present().stream()
                .filter(entry -> entry.standing() == Standing.VOTER)
                .forEach(entry -> known.add(entry.member().clientAddress()));
        return cluster;
    }

    /** From now on does not ask {@code node}, which may not know what the others know, unless there is nobody else. */
    void leaveOut(Member node) {
        if (known.size() > 1) {
            known.remove(node.clientAddress());
        }
    }

    /** The shorter of two durations. */
    static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /**
     * Asks one server after another, and all again, until one does it, or refuses for a reason that time does not mend. To be used for what
     * may be asked twice. Throws {@link RegistryException}, at once if no server can be reached.
     */
    <R> R ask(BiFunction<ClusterCalls, Duration, R> request) {
        while (true) {
            long beganNanos = System.nanoTime();
            List<RegistryException> refusals = new ArrayList<>();
            for (String server : List.copyOf(known)) {
                try (ClusterCalls calls = new ClusterCalls(server)) {
                    return request.apply(calls, shorter(left(), ATTEMPT_MAX));
                } catch (RegistryException refusal) {
                    if (!passes(refusal.code())) {
                        throw refusal;
                    }
                    refusals.add(refusal);
                }
            }
            RegistryException worst = worst(refusals);
            // Begun too late, the next round could only turn what is known into a deadline that has passed.
            long round = System.nanoTime() - beganNanos + PAUSE.toNanos();
            if (worst.code() == Code.UNAVAILABLE || left().toNanos() < round) {
                throw worst;
            }
            pause();
        }
    }

    /** Waits a moment. */
    void pause() {
        LockSupport.parkNanos(Math.min(PAUSE.toNanos(), left().toNanos()));
    }

    private static boolean passes(Code code) {
        return switch (code) {
            case NOT_READY, NO_LEADER, OVERLOADED, SHUTTING_DOWN, UNAVAILABLE, UNKNOWN_OUTCOME -> true;
            case BAD_REQUEST,
                    NOT_FOUND,
                    DURABILITY_CONFLICT,
                    REVISION_CONFLICT,
                    NO_SESSION,
                    UNKNOWN_SESSION,
                    SESSION_MOVED,
                    MEMBERSHIP_REFUSED,
                    NOT_EMPTY,
                    DISK_LOW -> false;
        };
    }

    /** The one to tell: that the outcome is not known, else what a server said, else that none can be reached. */
    private static RegistryException worst(List<RegistryException> refusals) {
        List<String> all = refusals.stream()
                .map(refusal -> String.valueOf(refusal.getMessage()))
                .toList();
        Code code = refusals.stream()
                .map(RegistryException::code)
                .filter(Code.UNKNOWN_OUTCOME::equals)
                .findFirst()
                .or(() -> refusals.stream()
                        .map(RegistryException::code)
                        .filter(other -> other != Code.UNAVAILABLE)
                        .findFirst())
                .orElse(Code.UNAVAILABLE);
        return new RegistryException(code, String.join("; ", all), refusals.get(refusals.size() - 1));
    }
}
