package io.gemel.transport.grpc;

import io.gemel.naming.NodeStatus;
import io.gemel.transport.grpc.v1.GuardStatus;
import io.gemel.transport.grpc.v1.MemberStatus;
import io.gemel.transport.grpc.v1.OriginStatus;
import io.gemel.transport.grpc.v1.RaftStatus;
import io.gemel.transport.grpc.v1.StatusResponse;

/** Translates between what a node says of itself and the messages of the contract. */
public final class StatusCodec {
    private StatusCodec() {}

    /** The message for {@code status}. */
    public static StatusResponse encode(NodeStatus status) {
        StatusResponse.Builder message = StatusResponse.newBuilder()
                .setNodeId(status.nodeId())
                .setCluster(status.cluster())
                .setVersion(status.version())
                .setReady(status.ready())
                .setReason(status.reason())
                .setRaft(encode(status.raft()))
                .setServices(status.services())
                .setInstances(status.instances())
                .setSessions(status.sessions())
                .setGuard(encode(status.guard()));
        status.members().forEach(member -> message.addMembers(encode(member)));
        status.origins().forEach(origin -> message.addOrigins(encode(origin)));
        return message.build();
    }

    /** The status that {@code message} holds. */
    public static NodeStatus decode(StatusResponse message) {
        return new NodeStatus(
                message.getNodeId(),
                message.getCluster(),
                message.getVersion(),
                message.getReady(),
                message.getReason(),
                Codec.each("members", message.getMembersList(), StatusCodec::decode),
                decode(message.getRaft()),
                Codec.each("origins", message.getOriginsList(), StatusCodec::decode),
                Codec.unsignedLong("services", message.getServices()),
                Codec.unsignedLong("instances", message.getInstances()),
                Codec.unsignedLong("sessions", message.getSessions()),
                decode(message.getGuard()));
    }

    private static MemberStatus encode(NodeStatus.Member member) {
        return MemberStatus.newBuilder()
                .setId(member.id())
                .setClientAddress(member.clientAddress())
                .setState(member.state())
                .setStanding(member.standing())
                .build();
    }

    private static NodeStatus.Member decode(MemberStatus message) {
        return new NodeStatus.Member(
                message.getId(), message.getClientAddress(), message.getState(), message.getStanding());
    }

    private static RaftStatus encode(NodeStatus.Raft raft) {
        return RaftStatus.newBuilder()
                .setRole(raft.role())
                .setLeader(raft.leader())
                .setTerm(raft.term())
                .setLogIndex(raft.logIndex())
                .setAppliedIndex(raft.appliedIndex())
                .setStateHash(raft.stateHash())
                .build();
    }

    private static NodeStatus.Raft decode(RaftStatus message) {
        return new NodeStatus.Raft(
                message.getRole(),
                message.getLeader(),
                Codec.unsignedLong("term", message.getTerm()),
                Codec.unsignedLong("log_index", message.getLogIndex()),
                Codec.unsignedLong("applied_index", message.getAppliedIndex()),
                message.getStateHash());
    }

    private static OriginStatus encode(NodeStatus.Origin origin) {
        return OriginStatus.newBuilder()
                .setNode(origin.node())
                .setIncarnation(origin.incarnation())
                .setSequence(origin.sequence())
                .setDigest(origin.digest())
                .setEntries(origin.entries())
                .setState(origin.state())
                .build();
    }

    private static NodeStatus.Origin decode(OriginStatus message) {
        return new NodeStatus.Origin(
                message.getNode(),
                Codec.unsignedLong("incarnation", message.getIncarnation()),
                Codec.unsignedLong("sequence", message.getSequence()),
                message.getDigest(),
                Codec.unsignedLong("entries", message.getEntries()),
                message.getState());
    }

    private static GuardStatus encode(NodeStatus.Guard guard) {
        return GuardStatus.newBuilder()
                .setSuspects(guard.suspects())
                .setHeldBack(guard.heldBack())
                .setWouldHaveHeld(guard.wouldHaveHeld())
                .build();
    }

    private static NodeStatus.Guard decode(GuardStatus message) {
        return new NodeStatus.Guard(
                Codec.unsignedLong("suspects", message.getSuspects()),
                Codec.unsignedLong("held_back", message.getHeldBack()),
                Codec.unsignedLong("would_have_held", message.getWouldHaveHeld()));
    }
}
