package io.gemel.naming;

import java.util.concurrent.CompletableFuture;

/** The client sessions of this node: opened, resumed, lost and closed. Any thread may call; the state is the naming loop's. */
public interface Sessions {
    /** A client connection, as its session sees it. */
    interface Connection {
        /** The session has ended on this connection, for {@code reason}. Called on the naming loop; must not block. */
        void ended(RegistryException reason);
    }

    /**
     * What a client shows to resume its session.
     *
     * @param session the id it was given
     * @param token the secret it was given
     * @param epoch the highest epoch it was given
     */
    record Resume(String session, String token, long epoch) {}

    /**
     * An open session.
     *
     * @param publisher its id and present epoch
     * @param token the secret with which to resume it
     * @param resumed whether this node knew it; if not, it took it on as new under the same id
     */
    record Opened(Publisher publisher, String token, boolean resumed) {}

    /** Opens a new session for {@code connection}. Fails with {@code OVERLOADED} at the limit of sessions. */
    CompletableFuture<Opened> open(Connection connection);

    /**
     * Continues a session on {@code connection}, in its next epoch; an older connection of it ends with
     * {@code SESSION_MOVED}. Fails with {@code UNKNOWN_SESSION} if the token is not the session's.
     */
    CompletableFuture<Opened> resume(Resume resume, Connection connection);

    /** The client has registered again all that it holds; what its earlier epochs published beyond that is void. */
    CompletableFuture<Written> replayed(Publisher publisher);

    /** The connection is gone without a word; the session waits for the resume window, then closes. */
    void lost(Publisher publisher);

    /** The client says goodbye; its instances go at once. */
    CompletableFuture<Written> close(Publisher publisher);
}
