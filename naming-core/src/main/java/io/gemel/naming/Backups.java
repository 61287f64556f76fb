package io.gemel.naming;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Saves all that is persistent as the bytes of one file, and puts it back.
 *
 * <p>Nothing here waits: futures complete on threads of the implementation, and fail with {@link RegistryException}. Thread-safe.
 */
public interface Backups {
    /** Begins a backup of what is there after every write that is acknowledged by now. */
    CompletableFuture<Reading> read();

    /**
     * Begins to take the bytes of a backup, to put what it holds in place of what is there; throws {@link RegistryException} if this
     * node takes one already.
     *
     * @param replace whether that may be done although there is something
     * @param rehearse whether only to tell what would be done
     */
    Restoring restore(boolean replace, boolean rehearse);

    /** A backup that is being read. One call at a time. */
    interface Reading extends AutoCloseable {
        /** The next bytes of the file; empty at its end. */
        CompletableFuture<Optional<byte[]>> next();

        /** May be called at any time, and again. */
        @Override
        void close();
    }

    /** A backup that is being put back. Calls are done one after the other, in their order. */
    interface Restoring extends AutoCloseable {
        /** Takes the next bytes of the file; done when the bytes after them may come. */
        CompletableFuture<Void> add(byte[] bytes);

        /**
         * The file is complete. All of it is checked before anything is done; then it is put back as a whole, or not at all. Done when
         * it is, and readers of this node see it.
         */
        CompletableFuture<Restored> finish();

        /** Gives up, unless it is finished. May be called at any time, and again. */
        @Override
        void close();
    }

    /** So many records, of all kinds, of which so many are persistent instances, of so many services. */
    record Count(long records, long instances, long services) {}

    /**
     * A backup that was put back, or would be.
     *
     * @param cluster where the backup is from
     * @param backupRevision what it is consistent at, there
     * @param restored what it holds
     * @param replaced what was there before
     * @param revision of all that was restored; 0 if that was only rehearsed
     */
    record Restored(String cluster, long backupRevision, Count restored, Count replaced, long revision) {}
}
