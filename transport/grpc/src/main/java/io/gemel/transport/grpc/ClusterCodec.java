package io.gemel.transport.grpc;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.Membership.Recovery;
import io.gemel.naming.NodeStatus;
import io.gemel.transport.grpc.v1.ClusterList;
import io.gemel.transport.grpc.v1.ListedMember;
import io.gemel.transport.grpc.v1.RecoverResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Messages of the service gemel.v1.Cluster and the values that they carry. Decoding refuses what is out of range. Stateless. */
final class ClusterCodec {
    private static final String PORTS = "1..65535";

    private ClusterCodec() {}

    static ClusterList encode(ClusterMembers members, NodeStatus status) {
        Map<String, String> states =
                status.members().stream().collect(Collectors.toMap(NodeStatus.Member::id, NodeStatus.Member::state));
        ClusterList.Builder list = ClusterList.newBuilder()
                .setCluster(status.cluster())
                .setNodeId(status.nodeId())
                .setTerm(status.raft().term())
                .setLeader(status.raft().leader())
                .setRevision(members.revision());
        for (Entry entry : members.entries()) {
            list.addMembers(ListedMember.newBuilder()
                    .setMember(encode(entry.member()))
                    .setStanding(encode(entry.standing()))
                    .setState(states.getOrDefault(entry.member().id(), "")));
        }
        return list.build();
    }

    static KnownCluster decode(ClusterList list) {
        List<Entry> entries = Codec.each(
                "members",
                list.getMembersList(),
                listed -> new Entry(decode(listed.getMember()), decode(listed.getStanding())));
        Map<String, String> states = new HashMap<>();
        for (ListedMember listed : list.getMembersList()) {
            if (!listed.getState().isEmpty()) {
                states.put(listed.getMember().getId(), listed.getState());
            }
        }
        return new KnownCluster(
                list.getCluster(),
                list.getNodeId(),
                Codec.unsignedLong("term", list.getTerm()),
                list.getLeader(),
                new ClusterMembers(Codec.unsignedLong("revision", list.getRevision()), entries),
                states);
    }

    static io.gemel.transport.grpc.v1.Member encode(Member member) {
        return io.gemel.transport.grpc.v1.Member.newBuilder()
                .setId(member.id())
                .setHost(member.host())
                .setClientPort(member.clientPort())
                .setServerPort(member.serverPort())
                .setRaftPort(member.raftPort())
                .build();
    }

    static Member decode(io.gemel.transport.grpc.v1.Member message) {
        Member member = new Member(
                message.getId(),
                message.getHost(),
                Codec.unsignedInt("raft_port", message.getRaftPort(), PORTS),
                Codec.unsignedInt("server_port", message.getServerPort(), PORTS),
                Codec.unsignedInt("client_port", message.getClientPort(), PORTS));
        return member.checked();
    }

    static RecoverResponse encode(Recovery recovery) {
        return RecoverResponse.newBuilder()
                .setNodeId(recovery.node())
                .setLogIndex(recovery.logIndex())
                .setLogTerm(recovery.logTerm())
                .setAppliedIndex(recovery.appliedIndex())
                .addAllLost(recovery.lost())
                .build();
    }

    static Recovery decode(RecoverResponse message) {
        return new Recovery(
                message.getNodeId(),
                Codec.unsignedLong("log_index", message.getLogIndex()),
                Codec.unsignedLong("log_term", message.getLogTerm()),
                Codec.unsignedLong("applied_index", message.getAppliedIndex()),
                message.getLostList());
    }

    private static io.gemel.transport.grpc.v1.Standing encode(Standing standing) {
        return switch (standing) {
            case JOINING -> io.gemel.transport.grpc.v1.Standing.STANDING_JOINING;
            case CAUGHT_UP -> io.gemel.transport.grpc.v1.Standing.STANDING_CAUGHT_UP;
            case VOTER -> io.gemel.transport.grpc.v1.Standing.STANDING_VOTER;
            case LEAVING -> io.gemel.transport.grpc.v1.Standing.STANDING_LEAVING;
            case REMOVED -> io.gemel.transport.grpc.v1.Standing.STANDING_REMOVED;
        };
    }

    private static Standing decode(io.gemel.transport.grpc.v1.Standing standing) {
        return switch (standing) {
            case STANDING_JOINING -> Standing.JOINING;
            case STANDING_CAUGHT_UP -> Standing.CAUGHT_UP;
            case STANDING_VOTER -> Standing.VOTER;
            case STANDING_LEAVING -> Standing.LEAVING;
            case STANDING_REMOVED -> Standing.REMOVED;
            case STANDING_UNSPECIFIED, UNRECOGNIZED ->
                throw Codec.refuse("standing: %s (expected: one that this version knows)", standing);
        };
    }
}
