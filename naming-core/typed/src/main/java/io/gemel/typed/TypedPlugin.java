package io.gemel.typed;

import java.util.List;

/**
 * Adds types to typed metadata; found by {@link java.util.ServiceLoader} on the class path of every server.
 *
 * <p>A plug-in widens the allow-list by exactly the forms that it names, each bound to a class that is loaded already and to a
 * function that calls that class's constructor. What a message says never becomes the name of a class.
 */
public interface TypedPlugin {
    /** The forms that it adds: the same ones each time. */
    List<TypedForm<?>> forms();
}
