package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.wire.MembershipRequest;
import io.gemel.consistency.wire.MembershipResponse;
import io.gemel.consistency.wire.RaftMembershipGrpc;
import io.gemel.consistency.wire.RefusalCodec;
import io.gemel.naming.RegistryException;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Takes a change of members to the leader, over the server port. */
final class MembershipCalls {
    private final String cluster;
    private final Members members;
    private final PeerChannels channels;

    MembershipCalls(String cluster, Members members, PeerChannels channels) {
        this.cluster = cluster;
        this.members = members;
        this.channels = channels;
    }

    /** A request of this node, to which the change is to be added. */
    MembershipRequest.Builder request() {
        return MembershipRequest.newBuilder()
                .setCluster(cluster)
                .setNode(members.self().id());
    }

    /** What {@code leader} answers; fails with {@link RegistryException}, {@code UNKNOWN_OUTCOME} if it is not known whether it took the change. */
    CompletableFuture<MembershipResponse> ask(String leader, MembershipRequest request, long timeoutNanos) {
        CompletableFuture<MembershipResponse> answered = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
        Optional<ManagedChannel> channel = channels.find(leader);
        if (channel.isEmpty()) {
            return CompletableFuture.failedFuture(new RegistryException(
                    RegistryException.Code.UNAVAILABLE, "node " + leader + " is no member any more"));
        }
        ClientCalls.asyncUnaryCall(
                channel.get().newCall(RaftMembershipGrpc.getChangeMethod(), options), request, new StreamObserver<>() {
                    @Override
                    public void onNext(MembershipResponse response) {
                        if (response.hasRefused()) {
                            answered.completeExceptionally(RefusalCodec.decode(response.getRefused()));
                        } else {
                            answered.complete(response);
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answered.completeExceptionally(new RegistryException(
                                RegistryException.Code.UNKNOWN_OUTCOME,
                                "the leader " + leader + " did not answer: "
                                        + Status.fromThrowable(failure).getCode()));
                    }

                    @Override
                    public void onCompleted() {}
                });
        return answered;
    }

    /** The leader's side, to be served on the server port. */
    RaftMembershipGrpc.RaftMembershipImplBase service(
            Function<MembershipRequest, CompletableFuture<MembershipResponse>> decide) {
        return new RaftMembershipGrpc.RaftMembershipImplBase() {
            @Override
            public void change(MembershipRequest request, StreamObserver<MembershipResponse> answer) {
                // Without a handler, answering a caller that went away would throw.
                ((ServerCallStreamObserver<MembershipResponse>) answer).setOnCancelHandler(() -> {});
                if (!request.getCluster().equals(cluster)
                        || members.find(request.getNode()).isEmpty()) {
                    answer.onError(Status.PERMISSION_DENIED
                            .withDescription("node " + request.getNode() + " of cluster " + request.getCluster()
                                    + " is not a member of cluster " + cluster)
                            .asRuntimeException());
                    return;
                }
                var unused = decide.apply(request).whenComplete((response, failure) -> {
                    answer.onNext(response == null ? refused(RaftMembership.cause(failure)) : response);
                    answer.onCompleted();
                });
            }
        };
    }

    private static MembershipResponse refused(Throwable failure) {
        return MembershipResponse.newBuilder()
                .setRefused(RefusalCodec.encode(failure))
                .build();
    }
}
