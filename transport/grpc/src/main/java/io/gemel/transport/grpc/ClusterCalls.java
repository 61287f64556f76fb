package io.gemel.transport.grpc;

import io.gemel.naming.Member;
import io.gemel.naming.Membership.Recovery;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.v1.AddMemberRequest;
import io.gemel.transport.grpc.v1.ClusterGrpc;
import io.gemel.transport.grpc.v1.ClusterGrpc.ClusterBlockingStub;
import io.gemel.transport.grpc.v1.ListMembersRequest;
import io.gemel.transport.grpc.v1.RecoverRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.RemoveMemberRequest;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.TransferLeaderRequest;
import io.gemel.transport.grpc.v1.TransferLeaderResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks the service gemel.v1.Cluster of one node. Methods wait for the answer, at most as long as the given timeout, and throw
 * {@link RegistryException}, whose message begins with the address. Thread-safe.
 */
public final class ClusterCalls implements AutoCloseable {
    private final String address;
    private final ManagedChannel channel;

    /** Connects on first use to the client door at {@code address}, host:port. */
    public ClusterCalls(String address) {
        this.address = address;
        this.channel = NettyChannelBuilder.forTarget("dns:///" + address)
                .usePlaintext()
                .directExecutor()
                .build();
    }

    /**
     * A hand-over of the leadership.
     *
     * @param leader the id of the node that leads now
     */
    public record Transferred(String leader, KnownCluster cluster) {}

    /** The members as the node knows them. */
    public KnownCluster list(Duration timeout) {
        return call(
                Refusals.Call.READ,
                () -> ClusterCodec.decode(cluster(timeout)
                        .listMembers(ListMembersRequest.getDefaultInstance())
                        .getList()));
    }

    /** Takes {@code member} in, as {@link io.gemel.naming.Membership#add} says. */
    public KnownCluster add(Member member, Duration timeout) {
        AddMemberRequest request = AddMemberRequest.newBuilder()
                .setMember(ClusterCodec.encode(member))
                .build();
        return call(
                Refusals.Call.WRITE,
                () -> ClusterCodec.decode(cluster(timeout).addMember(request).getList()));
    }

    /** Removes the node {@code id}, as {@link io.gemel.naming.Membership#remove} says. */
    public KnownCluster remove(String id, Duration timeout) {
        RemoveMemberRequest request = RemoveMemberRequest.newBuilder().setId(id).build();
        return call(
                Refusals.Call.WRITE,
                () -> ClusterCodec.decode(cluster(timeout).removeMember(request).getList()));
    }

    /** Hands the leadership over, as {@link io.gemel.naming.Membership#transferLeadership} says. */
    public Transferred transferLeadership(Optional<String> to, Duration timeout) {
        TransferLeaderRequest request =
                TransferLeaderRequest.newBuilder().setTo(to.orElse("")).build();
        return call(Refusals.Call.WRITE, () -> {
            TransferLeaderResponse answer = cluster(timeout).transferLeader(request);
            return new Transferred(answer.getLeader(), ClusterCodec.decode(answer.getList()));
        });
    }

    /** What a recovery does, or would do, at this node, as {@link io.gemel.naming.Membership#recover} says. */
    public Recovery recover(Set<String> keep, boolean rehearse, Duration timeout) {
        RecoverRequest request = RecoverRequest.newBuilder()
                .addAllKeep(keep)
                .setRehearse(rehearse)
                .build();
        return call(
                rehearse ? Refusals.Call.READ : Refusals.Call.WRITE,
                () -> ClusterCodec.decode(cluster(timeout).recover(request)));
    }

    /** What the node says of itself. */
    public NodeStatus status(Duration timeout) {
        return call(
                Refusals.Call.READ,
                () -> StatusCodec.decode(RegistryGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                        .status(StatusRequest.getDefaultInstance())));
    }

    private ClusterBlockingStub cluster(Duration timeout) {
        return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private <R> R call(Refusals.Call kind, Supplier<R> request) {
        try {
            channel.resetConnectBackoff();
            return request.get();
        } catch (StatusRuntimeException failure) {
            RegistryException refusal = Refusals.received(failure, kind);
            throw new RegistryException(refusal.code(), address + ": " + refusal.getMessage(), refusal);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
