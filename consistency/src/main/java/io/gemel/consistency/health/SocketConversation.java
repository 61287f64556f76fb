package io.gemel.consistency.health;

import io.gemel.typed.HealthCheck;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is said over a connection to find out whether an instance is healthy, and what its answer means. */
sealed interface SocketConversation {
    /** What is sent first. */
    default byte[] greeting() {
        return new byte[0];
    }

    /** The judgement of what has arrived so far, which is empty at first: empty if more is needed, else why the instance is unhealthy, "" for healthy. */
    Optional<String> judge(ByteBuffer arrived);

    /** To be connected is enough. */
    record Connects() implements SocketConversation {
        @Override
        public Optional<String> judge(ByteBuffer arrived) {
            return Optional.of("");
        }
    }

    /** A GET, of whose answer only the status counts. */
    record HttpGet(HealthCheck.Http check, String host) implements SocketConversation {
        private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})[ \r\n]");
        private static final int STATUS_BYTES = 13;

        @Override
        public byte[] greeting() {
            return ("GET " + check.path() + " HTTP/1.1\r\nHost: " + host
                            + "\r\nUser-Agent: gemel-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Optional<String> judge(ByteBuffer arrived) {
            if (arrived.remaining() < STATUS_BYTES) {
                return Optional.empty();
            }
            byte[] start = new byte[STATUS_BYTES];
            arrived.get(arrived.position(), start);
            Matcher status = STATUS.matcher(new String(start, StandardCharsets.ISO_8859_1));
            if (!status.matches()) {
                return Optional.of("the answer is not HTTP/1.1");
            }
            int code = Integer.parseInt(status.group(1));
            return Optional.of(
                    check.expected().contains(code) ? "" : "status " + code + " (expected: " + check.expected() + ")");
        }
    }

    /**
     * The first packet of a MySQL server: a handshake of protocol 10, or an error with which it turns the caller away. (MySQL
     * Internals, Connection Phase.)
     */
    record MySqlGreets() implements SocketConversation {
        private static final int HEADER_BYTES = 4;
        private static final int ERROR_BYTES = 7;
        private static final int PROTOCOL = 10;
        private static final int ERROR = 0xff;

        @Override
        public Optional<String> judge(ByteBuffer arrived) {
            if (arrived.remaining() <= HEADER_BYTES) {
                return Optional.empty();
            }
            int start = arrived.position();
            int first = arrived.get(start + HEADER_BYTES) & 0xff;
            if (arrived.get(start + HEADER_BYTES - 1) == 0 && first == PROTOCOL) {
                return Optional.of("");
            }
            if (first != ERROR) {
                return Optional.of("the greeting is not one of a MySQL server");
            }
            if (arrived.remaining() < ERROR_BYTES) {
                return Optional.empty();
            }
            int code = (arrived.get(start + HEADER_BYTES + 1) & 0xff)
                    + ((arrived.get(start + HEADER_BYTES + 2) & 0xff) << 8);
            return Optional.of("MySQL error " + code);
        }
    }
}
