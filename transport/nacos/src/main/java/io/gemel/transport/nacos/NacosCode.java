package io.gemel.transport.nacos;

import io.gemel.naming.RegistryException;

/** The numbers by which Nacos tells why a request failed. */
final class NacosCode {
    static final int OK = 200;
    static final int FAIL = 500;
    static final int STARTING = 300;
    static final int UNREGISTERED = 301;
    static final int NO_HANDLER = 302;
    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int SERVER_ERROR = 500;
    static final int UNREADABLE = 502;
    static final int OVER_THRESHOLD = 503;
    static final int TOO_MANY_PATTERNS = 50_310;

    private NacosCode() {}

    /** What {@code refusal} is to a Nacos client. */
    static int of(RegistryException refusal) {
        return switch (refusal.code()) {
            case BAD_REQUEST, DURABILITY_CONFLICT -> BAD_REQUEST;
            case NOT_FOUND -> NOT_FOUND;
            case REVISION_CONFLICT, MEMBERSHIP_REFUSED, NOT_EMPTY -> CONFLICT;
            case NOT_READY -> STARTING;
            case NO_SESSION, UNKNOWN_SESSION, SESSION_MOVED, SHUTTING_DOWN -> UNREGISTERED;
            case OVERLOADED, DISK_LOW, NO_LEADER, UNAVAILABLE -> OVER_THRESHOLD;
            case UNKNOWN_OUTCOME -> SERVER_ERROR;
        };
    }
}
