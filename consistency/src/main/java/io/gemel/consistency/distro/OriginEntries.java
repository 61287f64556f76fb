package io.gemel.consistency.distro;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.consistency.wire.OriginEntry;
import io.gemel.consistency.wire.OriginKey;
import io.gemel.naming.Durability;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;

/** Translates between entries of an origin as servers exchange them and the domain's publications and session records. */
final class OriginEntries {
    private OriginEntries() {}

    static OriginKey sessionKey(String session) {
        return OriginKey.newBuilder().setSession(session).build();
    }

    static OriginKey key(String session, ServiceId service, InstanceKey key) {
        return OriginKey.newBuilder()
                .setSession(session)
                .setService(InstanceCodec.encode(service))
                .setAddress(InstanceCodec.encode(key))
                .build();
    }

    static OriginKey key(Publication.Slot slot) {
        return key(slot.session(), slot.service(), slot.key());
    }

    static OriginEntry of(Publication publication) {
        return OriginEntry.newBuilder()
                .setKey(key(publication.slot()))
                .setEpoch(publication.publisher().epoch())
                .setStamp(publication.stamp())
                .setInstance(InstanceCodec.encode(publication.instance()))
                .setStanding(
                        switch (publication.standing()) {
                            case LISTED -> OriginEntry.Standing.STANDING_LISTED;
                            case SUSPECT -> OriginEntry.Standing.STANDING_SUSPECT;
                            case GONE -> OriginEntry.Standing.STANDING_GONE;
                        })
                .build();
    }

    private static Publication.Standing standing(OriginEntry entry) {
        return switch (entry.getStanding()) {
            case STANDING_LISTED -> Publication.Standing.LISTED;
            case STANDING_SUSPECT -> Publication.Standing.SUSPECT;
            case STANDING_GONE -> Publication.Standing.GONE;
            case UNRECOGNIZED -> throw unreadable("an entry of an unknown standing");
        };
    }

    static OriginEntry of(Publisher publisher, long tokenHash) {
        return OriginEntry.newBuilder()
                .setKey(sessionKey(publisher.session()))
                .setEpoch(publisher.epoch())
                .setTokenHash(tokenHash)
                .build();
    }

    static void show(OriginId origin, OriginEntry entry, Publications publications) {
        Publisher publisher = new Publisher(entry.getKey().getSession(), entry.getEpoch());
        if (entry.getKey().hasService()) {
            publications.put(
                    origin,
                    new Publication(
                            InstanceCodec.decode(entry.getKey().getService()),
                            InstanceCodec.decode(entry.getInstance(), Durability.EPHEMERAL),
                            publisher,
                            entry.getStamp(),
                            standing(entry)));
        } else {
            publications.putSession(origin, publisher, entry.getTokenHash());
        }
    }

    static void hide(OriginId origin, OriginKey key, Publications publications) {
        if (key.hasService()) {
            publications.remove(origin, slot(key));
        } else {
            publications.removeSession(origin, key.getSession());
        }
    }

    /** Of the key of a publication. */
    static Publication.Slot slot(OriginKey key) {
        return new Publication.Slot(
                key.getSession(), InstanceCodec.decode(key.getService()), InstanceCodec.decode(key.getAddress()));
    }

    static OriginEntry parseEntry(ByteString bytes) {
        try {
            return OriginEntry.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    static OriginKey parseKey(ByteString bytes) {
        try {
            return OriginKey.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    static RegistryException unreadable(String cause) {
        return new RegistryException(
                RegistryException.Code.BAD_REQUEST, "origin message: " + cause + " (expected: Distro version 1)");
    }
}
