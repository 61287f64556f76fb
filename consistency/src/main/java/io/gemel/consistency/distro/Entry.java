package io.gemel.consistency.distro;

import io.gemel.naming.Publication;
import io.gemel.naming.Publisher;

/** What an origin has at a key. Shared by all that hold it; its bytes are made anew when somebody needs them. */
sealed interface Entry {
    EntryKey key();

    /** An instance that a session publishes. */
    record Published(EntryKey key, Publication publication) implements Entry {}

    /** That a session has been here, in an epoch, and said what it holds. */
    record SessionRecord(EntryKey key, Publisher publisher, long tokenHash) implements Entry {}

    static Entry of(Publication publication) {
        return of(EntryKey.of(publication.slot()), publication);
    }

    /** The same, where its key is there already. */
    static Entry of(EntryKey key, Publication publication) {
        return new Published(key, publication);
    }

    static Entry of(Publisher publisher, long tokenHash) {
        return new SessionRecord(EntryKey.ofRecord(publisher.session()), publisher, tokenHash);
    }
}
