package io.gemel.bootstrap;

/** A start that cannot go on, for a reason that whoever started it can change. */
final class StartRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Code code;
    private final String whatToDo;

    StartRefused(Code code, String cause, String whatToDo) {
        super(cause);
        this.code = code;
        this.whatToDo = whatToDo;
    }

    StartRefused(Code code, String message, String whatToDo, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.whatToDo = whatToDo;
    }

    /** What kind of refusal this is. Stable across releases. */
    public Code code() {
        return code;
    }

    /** One sentence: what to change before the next start. */
    public String whatToDo() {
        return whatToDo;
    }

    /** Stable codes of a refused start. */
    public enum Code {
        /** A flag, environment variable or key of the file that no setting has. */
        UNKNOWN_SETTING,
        /** A value that its setting does not take, or that contradicts another. */
        BAD_SETTING,
        /** The file named by {@code --config} cannot be read. */
        BAD_CONFIG_FILE,
        /** The data directory cannot be used, or is another node's. */
        BAD_DATA_DIR,
        /** The cluster named by {@code --join} does not take this node. */
        CANNOT_JOIN,
        /** A port, or a part behind it, could not be opened. */
        CANNOT_START;

        /** Whether the command line or the file is wrong, rather than the machine. */
        public boolean usage() {
            return switch (this) {
                case UNKNOWN_SETTING, BAD_SETTING, BAD_CONFIG_FILE -> true;
                case BAD_DATA_DIR, CANNOT_JOIN, CANNOT_START -> false;
            };
        }
    }
}
