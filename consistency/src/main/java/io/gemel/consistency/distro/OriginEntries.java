package io.gemel.consistency.distro;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.OriginEntry;
import io.gemel.consistency.wire.OriginKey;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.RegistryException;

/** Entries of an origin as servers exchange them, and as the domain knows them. Equal entries give equal bytes. */
final class OriginEntries {
    private OriginEntries() {}

    static ByteString encode(EntryKey key) {
        return message(key).toByteString();
    }

    private static OriginKey message(EntryKey key) {
        OriginKey.Builder message = OriginKey.newBuilder().setSession(key.session());
        if (key.slot() != null) {
            message.setService(InstanceCodec.encode(key.slot().service()))
                    .setAddress(InstanceCodec.encode(key.slot().key()));
        }
        return message.build();
    }

    static ByteString encode(Entry entry) {
        OriginEntry.Builder message = OriginEntry.newBuilder().setKey(message(entry.key()));
        if (entry instanceof Entry.Published published) {
            Publication publication = published.publication();
            message.setEpoch(publication.publisher().epoch())
                    .setStamp(publication.stamp())
                    .setInstance(InstanceCodec.encode(publication.instance()))
                    .setStanding(
                            switch (publication.standing()) {
                                case LISTED -> OriginEntry.Standing.STANDING_LISTED;
                                case SUSPECT -> OriginEntry.Standing.STANDING_SUSPECT;
                                case GONE -> OriginEntry.Standing.STANDING_GONE;
                            });
        } else if (entry instanceof Entry.SessionRecord record) {
            message.setEpoch(record.publisher().epoch()).setTokenHash(record.tokenHash());
        }
        return message.build().toByteString();
    }

    static EntryKey decodeKey(ByteString bytes) {
        try {
            OriginKey key = OriginKey.parseFrom(bytes);
            return key.hasService()
                    ? EntryKey.of(new Publication.Slot(
                            key.getSession(),
                            InstanceCodec.decode(key.getService()),
                            InstanceCodec.decode(key.getAddress())))
                    : EntryKey.ofRecord(key.getSession());
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    static void show(OriginId origin, Entry entry, Publications publications) {
        if (entry instanceof Entry.Published published) {
            publications.put(origin, published.publication());
        } else if (entry instanceof Entry.SessionRecord record) {
            publications.putSession(origin, record.publisher(), record.tokenHash());
        }
    }

    static void hide(OriginId origin, EntryKey key, Publications publications) {
        if (key.slot() != null) {
            publications.remove(origin, key.slot());
        } else {
            publications.removeSession(origin, key.session());
        }
    }

    static RegistryException unreadable(String cause) {
        return new RegistryException(
                RegistryException.Code.BAD_REQUEST, "origin message: " + cause + " (expected: Distro version 1)");
    }
}
