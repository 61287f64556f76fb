package io.gemel.consistency.distro;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.OriginEntry;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Publication;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import java.util.function.UnaryOperator;

/**
 * Reads the entries of one peer's origin. Those that follow each other are mostly of one session and one service: a copy keeps one object
 * of these and not one for each entry.
 */
final class EntryReader {
    private Publisher publisher = Publisher.NONE;
    private ServiceId service = ServiceId.of("none");

    /**
     * Throws {@link io.gemel.naming.RegistryException} if they are unreadable.
     *
     * @param known the key that is there already, where an equal one is read: what is kept of the entry then refers to that
     */
    Entry read(ByteString bytes, UnaryOperator<EntryKey> known) {
        try {
            OriginEntry entry = OriginEntry.parseFrom(bytes);
            publisher = same(publisher, new Publisher(entry.getKey().getSession(), entry.getEpoch()));
            if (!entry.getKey().hasService()) {
                return Entry.of(publisher, entry.getTokenHash());
            }
            service = same(service, InstanceCodec.decode(entry.getKey().getService()));
            InstanceKey address = InstanceCodec.decode(entry.getInstance().getAddress());
            Publication.Slot read = new Publication.Slot(publisher.session(), service, address);
            EntryKey key = known.apply(EntryKey.of(read));
            Publication.Slot slot = key.slot() == null ? read : key.slot();
            Instance instance = InstanceCodec.decode(entry.getInstance(), slot.key(), Durability.EPHEMERAL);
            return Entry.of(key, new Publication(slot, instance, publisher, entry.getStamp(), standing(entry)));
        } catch (InvalidProtocolBufferException e) {
            throw OriginEntries.unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static <T> T same(T last, T read) {
        return last.equals(read) ? last : read;
    }

    private static Publication.Standing standing(OriginEntry entry) {
        return switch (entry.getStanding()) {
            case STANDING_LISTED -> Publication.Standing.LISTED;
            case STANDING_SUSPECT -> Publication.Standing.SUSPECT;
            case STANDING_GONE -> Publication.Standing.GONE;
            case UNRECOGNIZED -> throw OriginEntries.unreadable("an entry of an unknown standing");
        };
    }
}
