package io.gemel.naming;

import java.util.concurrent.CompletableFuture;

/** Replicates writes, and says when reads may rely on what was written. The only way into {@link ServiceIndex} for a request. */
public interface ConsistencyService {
    /**
     * Replicates {@code change} and applies it to the local index.
     *
     * <p>That a session opened or closed is never refused to a caller in the naming loop: there is nobody who would try
     * again, and what a session published would stay for ever.
     *
     * @return done once local reads see the change; fails with {@link RegistryException}: with
     *     {@code UNKNOWN_OUTCOME} if the change may still be applied later, with any other code if it will not be. With
     *     {@code REVISION_CONFLICT} local reads see what the change met instead of its precondition
     */
    CompletableFuture<Written> write(Change change);

    /**
     * Waits until the local index holds what {@code level} asks for.
     *
     * @return done when the index may be read; fails with {@link RegistryException}
     */
    CompletableFuture<Void> readable(ReadLevel level);
}
