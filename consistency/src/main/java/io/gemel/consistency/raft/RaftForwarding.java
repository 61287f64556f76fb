package io.gemel.consistency.raft;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.CallStream;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.cluster.StreamedMethod;
import io.gemel.consistency.wire.CommandOutcome;
import io.gemel.consistency.wire.ConfirmedIndex;
import io.gemel.consistency.wire.Conflict;
import io.gemel.consistency.wire.ProposeRequest;
import io.gemel.consistency.wire.ProposeResponse;
import io.gemel.consistency.wire.RaftForwardGrpc;
import io.gemel.consistency.wire.ReadIndexRequest;
import io.gemel.consistency.wire.ReadIndexResponse;
import io.gemel.consistency.wire.RefusalCodec;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import io.grpc.BindableService;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes a follower's writes, and what its reads wait for, to the leader, over the server port. */
final class RaftForwarding {
    private static final StreamedMethod<ProposeRequest, ProposeResponse> PROPOSE =
            new StreamedMethod<>(RaftForwardGrpc.getProposeMethod(), "Proposals");
    private static final StreamedMethod<ReadIndexRequest, ReadIndexResponse> READ_INDEX =
            new StreamedMethod<>(RaftForwardGrpc.getReadIndexMethod(), "ReadIndexes");

    private final String cluster;
    private final Members members;
    private final PeerChannels channels;
    private final Ticker ticker;
    private final ConcurrentMap<String, Streams> streams = new ConcurrentHashMap<>();

    RaftForwarding(String cluster, Members members, PeerChannels channels, Ticker ticker) {
        this.cluster = cluster;
        this.members = members;
        this.channels = channels;
        this.ticker = ticker;
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

    /** Proposes {@code commands} on {@code leader}, each for itself; {@code answered} runs once all have an outcome. */
    void propose(
            String leader,
            List<ByteString> commands,
            long timeoutNanos,
            List<? extends Outcome> outcomes,
            Runnable answered) {
        ProposeRequest request = ProposeRequest.newBuilder()
                .setCluster(cluster)
                .setNode(members.self().id())
                .addAllCommands(commands)
                .build();
        Answer answer = new Answer(leader, outcomes, answered);
        streams(leader)
                .ifPresentOrElse(
                        to -> to.propose.call(request, timeoutNanos, answer), () -> answer.refused(left(leader)));
    }

    /**
     * Ends {@code question} with what the next of {@code leader}'s {@link ReadRounds} finds, if it can within {@code timeoutNanos}; nobody waits
     * for that once it is over.
     */
    void readIndex(String leader, Call<Confirmed> question, long timeoutNanos) {
        ReadIndexRequest request = ReadIndexRequest.newBuilder()
                .setCluster(cluster)
                .setNode(members.self().id())
                .build();
        streams(leader)
                .ifPresentOrElse(
                        to -> to.readIndex.call(request, timeoutNanos, new ConfirmedAnswer(leader, question)),
                        () -> question.fail(new RegistryException(RegistryException.Code.UNAVAILABLE, left(leader))));
    }

    private static String left(String leader) {
        return "the leader " + leader + " is not a member any more";
    }

    /** Empty if {@code leader} is not a member any more. */
    private Optional<Streams> streams(String leader) {
        Optional<ManagedChannel> channel = channels.find(leader);
        if (channel.isEmpty()) {
            return Optional.empty();
        }
        Streams known = streams.get(leader);
        return Optional.of(
                known != null && known.channel == channel.get()
                        ? known
                        : streams.compute(
                                leader,
                                (id, other) -> other != null && other.channel == channel.get()
                                        ? other
                                        : Streams.over(channel.get(), ticker)));
    }

    /** Forgets those that are members no longer. To be called now and then. */
    void prune() {
        streams.keySet().removeIf(id -> members.peer(id).isEmpty());
    }

    /** The calls to one member. */
    private record Streams(
            ManagedChannel channel,
            CallStream<ProposeRequest, ProposeResponse> propose,
            CallStream<ReadIndexRequest, ReadIndexResponse> readIndex) {
        static Streams over(ManagedChannel channel, Ticker ticker) {
            return new Streams(
                    channel, new CallStream<>(channel, PROPOSE, ticker), new CallStream<>(channel, READ_INDEX, ticker));
        }
    }

    /** The leader's side, to be served on the server port. */
    BindableService service(
            Function<ByteString, CompletableFuture<Decided>> propose,
            Supplier<CompletableFuture<Confirmed>> readIndex) {
        Service service = new Service(propose, readIndex);
        return () -> {
            ServerServiceDefinition.Builder all = ServerServiceDefinition.builder(RaftForwardGrpc.SERVICE_NAME);
            service.bindService().getMethods().forEach(all::addMethod);
            return all.addMethod(PROPOSE.serveAll(service::propose))
                    .addMethod(READ_INDEX.serveAll(service::readIndex))
                    .build();
        };
    }

    private final class Service extends RaftForwardGrpc.RaftForwardImplBase {
        private final Function<ByteString, CompletableFuture<Decided>> propose;
        private final Supplier<CompletableFuture<Confirmed>> readIndex;

        Service(
                Function<ByteString, CompletableFuture<Decided>> propose,
                Supplier<CompletableFuture<Confirmed>> readIndex) {
            this.propose = propose;
            this.readIndex = readIndex;
        }

        @Override
        public void propose(ProposeRequest request, StreamObserver<ProposeResponse> answer) {
            if (!admits(request.getCluster(), request.getNode(), answer)) {
                return;
            }
            List<CompletableFuture<CommandOutcome>> outcomes = request.getCommandsList().stream()
                    .map(command -> propose.apply(command).handle(RaftForwarding::outcome))
                    .toList();
            var unused = CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                    .thenRun(() -> {
                        ProposeResponse.Builder response = ProposeResponse.newBuilder();
                        outcomes.forEach(outcome -> response.addOutcomes(outcome.join()));
                        answer.onNext(response.build());
                        answer.onCompleted();
                    });
        }

        @Override
        public void readIndex(ReadIndexRequest request, StreamObserver<ReadIndexResponse> answer) {
            if (!admits(request.getCluster(), request.getNode(), answer)) {
                return;
            }
            var unused = readIndex.get().handle(RaftForwarding::response).thenAccept(response -> {
                answer.onNext(response);
                answer.onCompleted();
            });
        }

        private boolean admits(String asked, String node, StreamObserver<?> answer) {
            if (answer instanceof ServerCallStreamObserver<?> unary) {
                unary.setOnCancelHandler(() -> {}); // without one, answering a caller that went away would throw
            }
            boolean member = asked.equals(cluster) && members.find(node).isPresent();
            if (!member) {
                answer.onError(Status.PERMISSION_DENIED
                        .withDescription(
                                "node " + node + " of cluster " + asked + " is not a member of cluster " + cluster)
                        .asRuntimeException());
            }
            return member;
        }
    }

    private static ReadIndexResponse response(@Nullable Confirmed upTo, @Nullable Throwable failure) {
        ReadIndexResponse.Builder response = ReadIndexResponse.newBuilder();
        if (upTo == null) {
            return response.setRefused(RefusalCodec.encode(requireNonNull(failure)))
                    .build();
        }
        return response.setConfirmed(ConfirmedIndex.newBuilder()
                        .setCommitted(upTo.committed())
                        .setApplied(upTo.applied()))
                .build();
    }

    private static CommandOutcome outcome(@Nullable Decided decided, @Nullable Throwable failure) {
        CommandOutcome.Builder outcome = CommandOutcome.newBuilder();
        if (decided == null) {
            return outcome.setRefused(RefusalCodec.encode(requireNonNull(failure)))
                    .build();
        }
        decided.conflict()
                .ifPresentOrElse(
                        cause -> outcome.setConflict(
                                Conflict.newBuilder().setIndex(decided.index()).setCause(cause)),
                        () -> outcome.setRevision(decided.index()));
        return outcome.build();
    }

    /** Turns the leader's answer into what became of each command. */
    private static final class Answer implements StreamObserver<ProposeResponse> {
        private final String leader;
        private final List<? extends Outcome> outcomes;
        private final Runnable answered;

        Answer(String leader, List<? extends Outcome> outcomes, Runnable answered) {
            this.leader = leader;
            this.outcomes = outcomes;
            this.answered = answered;
        }

        @Override
        public void onNext(ProposeResponse response) {
            if (response.getOutcomesCount() != outcomes.size()) {
                unknown("the leader " + leader + " answered for " + response.getOutcomesCount() + " writes (expected: "
                        + outcomes.size() + ")");
                return;
            }
            for (int i = 0; i < outcomes.size(); i++) {
                tell(response.getOutcomes(i), outcomes.get(i));
            }
        }

        private void tell(CommandOutcome what, Outcome whom) {
            switch (what.getOutcomeCase()) {
                case REVISION -> whom.decided(new Decided(what.getRevision(), Optional.empty()));
                case CONFLICT -> {
                    Conflict conflict = what.getConflict();
                    whom.decided(new Decided(conflict.getIndex(), Optional.of(conflict.getCause())));
                }
                case REFUSED -> {
                    RegistryException refusal = RefusalCodec.decode(what.getRefused());
                    if (refusal.code().nothingDone()) {
                        whom.refused(refusal);
                    } else {
                        whom.unknown(what.getRefused().getMessage());
                    }
                }
                case OUTCOME_NOT_SET -> whom.unknown("the leader " + leader + " gave an answer of a newer version");
            }
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            switch (status.getCode()) {
                // Said by the other side before it looked at the commands.
                case UNIMPLEMENTED, PERMISSION_DENIED, RESOURCE_EXHAUSTED ->
                    refused("the leader " + leader + " refuses forwarded writes: " + status);
                default -> {
                    unknown("the leader " + leader + " did not answer: " + status.getCode());
                    answered.run();
                }
            }
        }

        @Override
        public void onCompleted() {
            answered.run();
        }

        void refused(String why) {
            RegistryException refusal = new RegistryException(RegistryException.Code.UNAVAILABLE, why);
            outcomes.forEach(outcome -> outcome.refused(refusal));
            answered.run();
        }

        private void unknown(String reason) {
            outcomes.forEach(outcome -> outcome.unknown(reason));
        }
    }

    /** Turns the leader's answer into what a follower's reads wait for. */
    private record ConfirmedAnswer(String leader, Call<Confirmed> question)
            implements StreamObserver<ReadIndexResponse> {
        @Override
        public void onNext(ReadIndexResponse response) {
            switch (response.getOutcomeCase()) {
                case CONFIRMED -> {
                    ConfirmedIndex index = response.getConfirmed();
                    question.complete(new Confirmed(index.getCommitted(), index.getApplied()));
                }
                case REFUSED -> question.fail(RefusalCodec.decode(response.getRefused()));
                case OUTCOME_NOT_SET -> fail("gave an answer of a newer version");
            }
        }

        @Override
        public void onError(Throwable failure) {
            fail("did not answer: " + Status.fromThrowable(failure).getCode());
        }

        @Override
        public void onCompleted() {
            fail("gave no answer");
        }

        /** Without effect once there is an answer. */
        private void fail(String what) {
            question.fail(
                    new RegistryException(RegistryException.Code.UNAVAILABLE, "the leader " + leader + " " + what));
        }
    }
}
