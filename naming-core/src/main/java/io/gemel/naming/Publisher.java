package io.gemel.naming;

/**
 * The session in whose name something is published.
 *
 * @param session the session's id
 * @param epoch grows each time the session is opened or resumed, on whichever node; fences off what came before
 */
public record Publisher(String session, long epoch) {
    /** The publisher of what belongs to no session. */
    public static final Publisher NONE = new Publisher("", 0);
}
