package io.gemel.transport.nacos;

/** A request over HTTP that is not done. Thrown, or the failure of a future. */
final class HttpRefusal extends RuntimeException {
    static final int MISSING = 10_000;
    static final int DENIED = 10_001;
    static final int INVALID = 20_002;
    static final int MEDIA_TYPE = 20_003;
    static final int NOT_FOUND = 20_004;
    static final int CONFLICT = 20_005;
    static final int WEIGHT = 21_001;
    static final int METADATA = 21_002;
    static final int INSTANCE_NOT_FOUND = 21_003;
    static final int SELECTOR = 21_006;
    static final int SERVICE_EXISTS = 21_007;
    static final int SERVICE_MISSING = 21_008;
    static final int SERVICE_NOT_EMPTY = 21_009;
    static final int HEALTH_CHECKED = 21_010;
    static final int NAMESPACE_EXISTS = 22_000;
    static final int NAMESPACE_MISSING = 22_001;
    static final int NAMESPACE_ID = 22_002;
    static final int SERVER_ERROR = 30_000;

    private static final long serialVersionUID = 1;
    private final int status;
    private final int detail;

    /**
     * A refusal.
     *
     * @param status of HTTP
     * @param detail Nacos's number for the reason, which v2 and v3 tell
     */
    HttpRefusal(int status, int detail, String message) {
        super(message);
        this.status = status;
        this.detail = detail;
    }

    static HttpRefusal missing(String parameter) {
        return new HttpRefusal(400, MISSING, "Param '" + parameter + "' is required.");
    }

    static HttpRefusal invalid(String message) {
        return new HttpRefusal(400, INVALID, message);
    }

    static HttpRefusal notFound(int detail, String message) {
        return new HttpRefusal(404, detail, message);
    }

    /** What Gemel does not do. */
    static HttpRefusal unsupported(String whatInstead) {
        return new HttpRefusal(501, INVALID, whatInstead);
    }

    int status() {
        return status;
    }

    int detail() {
        return detail;
    }
}
