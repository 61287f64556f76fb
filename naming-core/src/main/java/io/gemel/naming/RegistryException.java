package io.gemel.naming;

/** A refusal a caller can act on. Each transport maps {@link #code()} to its own statuses, in one place. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Code code;

    /** A refusal whose cause is {@code message}; what to do about it follows from {@code code}. */
    public RegistryException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /** A refusal that another failure led to. */
    public RegistryException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What kind of refusal this is. Stable across releases. */
    public Code code() {
        return code;
    }

    /** Stable codes. Each says what the caller should do next, and whether the request may have had an effect. */
    public enum Code {
        BAD_REQUEST("correct the named field and send again"),
        NOT_FOUND("check namespace, group and name, or wait until an instance is registered"),
        DURABILITY_CONFLICT("deregister the instance of the other kind first, or use another address"),
        REVISION_CONFLICT("read again and decide anew, then write with the revision that you read; nothing was done"),
        NO_SESSION("open a session first; an ephemeral instance lives on one"),
        UNKNOWN_SESSION("open a new session and register again"),
        SESSION_MOVED("use the newer connection of this session; this one is fenced off"),
        NOT_READY("ask another server, or retry shortly; this one is still starting"),
        MEMBERSHIP_REFUSED("resolve what it names, then ask again (gemel cluster list); nothing was done"),
        NOT_EMPTY("restore into an empty cluster, or replace what is there (--replace); nothing was done"),
        DISK_LOW("free space on the disk that it names; until then, ask another server; nothing was done"),
        NO_LEADER("retry; if it persists, check that a majority of the members is up (gemel status)"),
        OVERLOADED("retry with back-off; nothing was done"),
        SHUTTING_DOWN("reconnect to another server"),
        UNAVAILABLE("check that a server listens at this address, or use another one"),
        UNKNOWN_OUTCOME("read before you retry; the write may still take effect");

        private final String whatToDo;

        Code(String whatToDo) {
            this.whatToDo = whatToDo;
        }

        /** One sentence for people: what the caller should do next. */
        public String whatToDo() {
            return whatToDo;
        }

        /** Whether the same request may be sent again at once without any risk of doing it twice. */
        public boolean nothingDone() {
            return this != UNKNOWN_OUTCOME;
        }
    }
}
