package io.gemel.bootstrap.demo;

/** Something was not as Gemel promises. The message says which promise, and what was seen. */
public final class BrokenPromise extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenPromise(String message) {
        super(message);
    }

    BrokenPromise(String message, Throwable cause) {
        super(message, cause);
    }
}
