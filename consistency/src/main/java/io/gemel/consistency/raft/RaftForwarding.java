package io.gemel.consistency.raft;

import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.wire.Conflict;
import io.gemel.consistency.wire.ProposeRequest;
import io.gemel.consistency.wire.ProposeResponse;
import io.gemel.consistency.wire.RaftForwardGrpc;
import io.gemel.consistency.wire.Refused;
import io.gemel.naming.RegistryException;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Takes a follower's writes to the leader, over the server port. */
final class RaftForwarding {
    private final String cluster;
    private final Members members;
    private final PeerChannels channels;

    RaftForwarding(String cluster, Members members, PeerChannels channels) {
        this.cluster = cluster;
        this.members = members;
        this.channels = channels;
    }

    /** What became of a forwarded command. Exactly one method is called, once, on any thread. */
    interface Outcome {
        /** The command is committed; the answering node has applied it. */
        void decided(Decided decided);

        /** Nothing was done. */
        void refused(RegistryException refusal);

        /** The command may have been proposed. */
        void unknown(String reason);
    }

    /**
     * Whether {@code leader} is another member and connected; if not connected, starts to connect. Without a connection nothing can
     * have been sent. This node itself may be named while it is about to lead, or has just ceased to.
     */
    boolean reaches(String leader) {
        Optional<ManagedChannel> channel = channels.find(leader);
        if (channel.isEmpty()) {
            return false;
        }
        ConnectivityState state = channel.get().getState(true);
        if (state == ConnectivityState.TRANSIENT_FAILURE) {
            channel.get().resetConnectBackoff();
        }
        return state == ConnectivityState.READY;
    }

    /** Proposes {@code command} on {@code leader}. */
    void propose(String leader, ByteString command, long timeoutNanos, Outcome outcome) {
        ProposeRequest request = ProposeRequest.newBuilder()
                .setCluster(cluster)
                .setNode(members.self().id())
                .setCommand(command)
                .build();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
        channels.find(leader)
                .ifPresentOrElse(
                        channel -> ClientCalls.asyncUnaryCall(
                                channel.newCall(RaftForwardGrpc.getProposeMethod(), options),
                                request,
                                new Answer(leader, outcome)),
                        () -> outcome.refused(new RegistryException(
                                RegistryException.Code.UNAVAILABLE,
                                "the leader " + leader + " is not a member any more")));
    }

    /** The leader's side, to be served on the server port. */
    RaftForwardGrpc.RaftForwardImplBase service(Function<ByteString, CompletableFuture<Decided>> propose) {
        return new Service(propose);
    }

    private final class Service extends RaftForwardGrpc.RaftForwardImplBase {
        private final Function<ByteString, CompletableFuture<Decided>> propose;

        Service(Function<ByteString, CompletableFuture<Decided>> propose) {
            this.propose = propose;
        }

        @Override
        public void propose(ProposeRequest request, StreamObserver<ProposeResponse> answer) {
            // Without a handler, answering a caller that went away would throw.
            ((ServerCallStreamObserver<ProposeResponse>) answer).setOnCancelHandler(() -> {});
            if (!request.getCluster().equals(cluster)
                    || members.find(request.getNode()).isEmpty()) {
                answer.onError(Status.PERMISSION_DENIED
                        .withDescription("node " + request.getNode() + " of cluster " + request.getCluster()
                                + " is not a member of cluster " + cluster)
                        .asRuntimeException());
                return;
            }
            var unused = propose.apply(request.getCommand()).whenComplete((decided, failure) -> {
                answer.onNext(
                        decided == null
                                ? ProposeResponse.newBuilder()
                                        .setRefused(refused(failure))
                                        .build()
                                : response(decided));
                answer.onCompleted();
            });
        }
    }

    private static ProposeResponse response(Decided decided) {
        ProposeResponse.Builder response = ProposeResponse.newBuilder();
        decided.conflict()
                .ifPresentOrElse(
                        cause -> response.setConflict(
                                Conflict.newBuilder().setIndex(decided.index()).setCause(cause)),
                        () -> response.setRevision(decided.index()));
        return response.build();
    }

    /** How {@code failure} is told to another server. */
    static Refused refused(Throwable failure) {
        RegistryException.Code code =
                failure instanceof RegistryException refusal ? refusal.code() : RegistryException.Code.UNKNOWN_OUTCOME;
        return Refused.newBuilder()
                .setCode(code.name())
                .setMessage(String.valueOf(failure.getMessage()))
                .build();
    }

    /** What another server refused with; a code that this version does not know leaves open what was done. */
    static RegistryException refusal(Refused refused) {
        RegistryException.Code code = Arrays.stream(RegistryException.Code.values())
                .filter(known -> known.name().equals(refused.getCode()))
                .findAny()
                .orElse(RegistryException.Code.UNKNOWN_OUTCOME);
        return new RegistryException(code, refused.getMessage());
    }

    /** Turns the leader's answer into an {@link Outcome}. */
    private static final class Answer implements StreamObserver<ProposeResponse> {
        private final String leader;
        private final Outcome outcome;

        Answer(String leader, Outcome outcome) {
            this.leader = leader;
            this.outcome = outcome;
        }

        @Override
        public void onNext(ProposeResponse response) {
            switch (response.getOutcomeCase()) {
                case REVISION -> outcome.decided(new Decided(response.getRevision(), Optional.empty()));
                case CONFLICT -> {
                    Conflict conflict = response.getConflict();
                    outcome.decided(new Decided(conflict.getIndex(), Optional.of(conflict.getCause())));
                }
                case REFUSED -> refused(response.getRefused());
                case OUTCOME_NOT_SET -> outcome.unknown("the leader " + leader + " gave an answer of a newer version");
            }
        }

        private void refused(Refused refused) {
            RegistryException refusal = refusal(refused);
            if (refusal.code().nothingDone()) {
                outcome.refused(refusal);
            } else {
                outcome.unknown(refused.getMessage());
            }
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            switch (status.getCode()) {
                // Said by the other side before it looked at the command.
                case UNIMPLEMENTED, PERMISSION_DENIED, RESOURCE_EXHAUSTED ->
                    outcome.refused(new RegistryException(
                            RegistryException.Code.UNAVAILABLE,
                            "the leader " + leader + " refuses forwarded writes: " + status));
                default -> outcome.unknown("the leader " + leader + " did not answer: " + status.getCode());
            }
        }

        @Override
        public void onCompleted() {}
    }
}
