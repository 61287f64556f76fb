package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gemel.consistency.wire.MemberEntry;
import io.gemel.consistency.wire.MembersChange;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.consistency.wire.StoredMembers;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import java.util.ArrayList;
import java.util.List;

/** How the list of members is written into the log and into the store. Depends on its input alone (I5). */
final class MembersCodec {
    /** Where the store keeps the list; sorts before every instance. */
    static final ByteString KEY = ByteString.copyFrom(new byte[] {1});

    private static final int FORMAT = 3;

    private MembersCodec() {}

    /** The log entry that puts {@code entries} into the list if that has {@code ifRevision}. */
    static ByteString command(List<Entry> entries, long ifRevision) {
        MembersChange.Builder change = MembersChange.newBuilder().setIfRevision(ifRevision);
        entries.forEach(entry -> change.addEntries(encode(entry)));
        return RaftCommand.newBuilder()
                .setFormat(FORMAT)
                .setMembers(change)
                .build()
                .toByteString();
    }

    /** {@code before} with the entries of {@code change}, as the log entry at {@code index} makes it. */
    static ClusterMembers changed(ClusterMembers before, MembersChange change, long index) {
        List<Entry> entries = new ArrayList<>(before.entries());
        for (MemberEntry encoded : change.getEntriesList()) {
            Entry entry = decode(encoded);
            int place = 0;
            while (place < entries.size()
                    && !entries.get(place).member().id().equals(entry.member().id())) {
                place++;
            }
            if (place < entries.size()) {
                entries.set(place, entry);
            } else {
                entries.add(entry);
            }
        }
        return new ClusterMembers(index, entries);
    }

    static StoredMembers encode(ClusterMembers members) {
        StoredMembers.Builder stored = StoredMembers.newBuilder().setRevision(members.revision());
        members.entries().forEach(entry -> stored.addEntries(encode(entry)));
        return stored.build();
    }

    static ClusterMembers decode(StoredMembers stored) {
        return new ClusterMembers(
                stored.getRevision(),
                stored.getEntriesList().stream().map(MembersCodec::decode).toList());
    }

    static ClusterMembers decode(byte[] stored) throws InvalidProtocolBufferException {
        return decode(StoredMembers.parseFrom(stored));
    }

    static MemberEntry encode(Entry entry) {
        Member member = entry.member();
        return MemberEntry.newBuilder()
                .setId(member.id())
                .setHost(member.host())
                .setRaftPort(member.raftPort())
                .setServerPort(member.serverPort())
                .setClientPort(member.clientPort())
                .setStanding(
                        switch (entry.standing()) {
                            case JOINING -> MemberEntry.Standing.STANDING_JOINING;
                            case CAUGHT_UP -> MemberEntry.Standing.STANDING_CAUGHT_UP;
                            case VOTER -> MemberEntry.Standing.STANDING_VOTER;
                            case LEAVING -> MemberEntry.Standing.STANDING_LEAVING;
                            case REMOVED -> MemberEntry.Standing.STANDING_REMOVED;
                        })
                .build();
    }

    static Entry decode(MemberEntry encoded) {
        return new Entry(
                member(encoded),
                switch (encoded.getStanding()) {
                    // A newer version's word for something that does not vote here.
                    case STANDING_UNSPECIFIED, UNRECOGNIZED, STANDING_JOINING -> Standing.JOINING;
                    case STANDING_CAUGHT_UP -> Standing.CAUGHT_UP;
                    case STANDING_VOTER -> Standing.VOTER;
                    case STANDING_LEAVING -> Standing.LEAVING;
                    case STANDING_REMOVED -> Standing.REMOVED;
                });
    }

    static Member member(MemberEntry encoded) {
        return new Member(
                encoded.getId(),
                encoded.getHost(),
                encoded.getRaftPort(),
                encoded.getServerPort(),
                encoded.getClientPort());
    }
}
