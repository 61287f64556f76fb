package io.gemel.typed;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** How the servers find out whether a persistent instance of a service is healthy. At most one in a service's typed metadata. */
public sealed interface HealthCheck {
    /** When it is made, and what its results mean. */
    Schedule schedule();

    /** The port that is asked, if it is not the instance's own. */
    Optional<Integer> port();

    /** No check: instances are as healthy as they were registered. */
    record None() implements HealthCheck {
        @Override
        public Schedule schedule() {
            return Schedule.USUAL;
        }

        @Override
        public Optional<Integer> port() {
            return Optional.empty();
        }
    }

    /** Healthy if it accepts a connection. */
    record Tcp(Schedule schedule, Optional<Integer> port) implements HealthCheck {
        /** Throws {@link io.gemel.naming.RegistryException} with {@code BAD_REQUEST} for a port out of range. */
        public Tcp {
            checkPort(port);
        }
    }

    /**
     * Healthy if it answers a GET with an expected status. Redirections are an answer like others: they are not followed.
     *
     * @param path with its query, printable ASCII, starting with a slash, at most 1,024 characters
     * @param expected the statuses of a healthy instance, 1..16 of 100..599
     * @param host the Host header, if it is not the instance's address: a name with an optional port
     */
    record Http(Schedule schedule, Optional<Integer> port, String path, List<Integer> expected, Optional<String> host)
            implements HealthCheck {
        private static final int PATH_LENGTH_MAX = 1_024;
        private static final int EXPECTED_MAX = 16;
        private static final Pattern PATH = Pattern.compile("/[!-~&&[^#]]*");
        private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_\\[][A-Za-z0-9_.:\\]-]{0,252}");

        /** Throws {@link io.gemel.naming.RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
        public Http {
            checkPort(port);
            if (path.length() > PATH_LENGTH_MAX || !PATH.matcher(path).matches()) {
                throw Refusals.refuse(
                        "path: %s (expected: a slash, then at most %d characters of printable ASCII without space and #)",
                        Refusals.quoted(path), PATH_LENGTH_MAX - 1);
            }
            if (expected.isEmpty() || expected.size() > EXPECTED_MAX) {
                throw Refusals.refuse("expected: %d statuses (expected: 1..%d)", expected.size(), EXPECTED_MAX);
            }
            expected = List.copyOf(expected);
            expected.forEach(status -> Refusals.range("expected", status, 100, 599));
            host.ifPresent(name -> {
                if (!HOST.matcher(name).matches()) {
                    throw Refusals.refuse(
                            "host: %s (expected: a host name, with a port or without)", Refusals.quoted(name));
                }
            });
        }
    }

    /**
     * Healthy if its {@code grpc.health.v1.Health} service says SERVING, without TLS.
     *
     * @param service which one is asked about, printable ASCII, at most 255 characters; empty for the whole server
     */
    record GrpcHealth(Schedule schedule, Optional<Integer> port, String service) implements HealthCheck {
        private static final Pattern SERVICE = Pattern.compile("[!-~]{0,255}");

        /** Throws {@link io.gemel.naming.RegistryException} with {@code BAD_REQUEST} if a part is out of range. */
        public GrpcHealth {
            checkPort(port);
            if (!SERVICE.matcher(service).matches()) {
                throw Refusals.refuse(
                        "service: %s (expected: at most 255 characters of printable ASCII)", Refusals.quoted(service));
            }
        }
    }

    /**
     * Healthy if it greets as a MySQL server does. It needs no driver and no account, and therefore sees a server that refuses connections, is shutting down
     * or has none free; not whether a query would succeed.
     */
    record MySql(Schedule schedule, Optional<Integer> port) implements HealthCheck {
        /** Throws {@link io.gemel.naming.RegistryException} with {@code BAD_REQUEST} for a port out of range. */
        public MySql {
            checkPort(port);
        }
    }

    /** A kind that a plug-in adds; it says itself how it is made. */
    non-sealed interface Contributed extends HealthCheck {
        /**
         * Makes the check once, without blocking; of what takes longer than the timeout nobody waits for the end.
         *
         * @return empty if the instance is healthy, else why not, in a few words. If it fails the instance is not healthy either, unless an
         *     {@link java.io.IOException} among the causes tells what the server itself lacks, such as files: this says nothing of the instance
         */
        CompletableFuture<Optional<String>> probe(String host, int port);
    }

    private static void checkPort(Optional<Integer> port) {
        port.ifPresent(number -> Refusals.range("port", number, 1, 65_535));
    }
}
