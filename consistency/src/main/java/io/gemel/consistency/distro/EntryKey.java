package io.gemel.consistency.distro;

import io.gemel.naming.Publication;
import org.jspecify.annotations.Nullable;

/**
 * Where an entry of an origin is: what a session publishes in a slot, or the record of the session itself.
 *
 * @param slot none of a session's record
 */
record EntryKey(String session, Publication.@Nullable Slot slot) {
    static EntryKey of(Publication.Slot slot) {
        return new EntryKey(slot.session(), slot);
    }

    static EntryKey ofRecord(String session) {
        return new EntryKey(session, null);
    }
}
