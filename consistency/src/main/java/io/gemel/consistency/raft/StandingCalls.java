package io.gemel.consistency.raft;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.wire.RaftStandingGrpc;
import io.gemel.consistency.wire.StandingRequest;
import io.gemel.consistency.wire.StandingResponse;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks other members what they have part in, and answers when they ask; over the server port. */
final class StandingCalls {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String cluster;
    private final Members members;
    private final AgreedMembers agreed;
    private final PeerChannels channels;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    StandingCalls(String cluster, Members members, AgreedMembers agreed, PeerChannels channels) {
        this.cluster = cluster;
        this.members = members;
        this.agreed = agreed;
        this.channels = channels;
    }

    /** Asks {@code peer}, unless an answer of it is awaited already or it is none; {@code answered} is called on the network thread. */
    void ask(String peer, BiConsumer<String, StandingResponse> answered) {
        Optional<ManagedChannel> channel = channels.find(peer);
        if (channel.isEmpty() || !underWay.add(peer)) {
            return;
        }
        StandingRequest request = StandingRequest.newBuilder()
                .setCluster(cluster)
                .setNode(members.self().id())
                .setAddress(MembersCodec.encode(new Entry(members.self(), Standing.VOTER)))
                .build();
        channel.get().resetConnectBackoff();
        RaftStandingGrpc.newStub(channel.get())
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .ask(request, new StreamObserver<>() {
                    @Override
                    public void onNext(StandingResponse answer) {
                        answered.accept(peer, answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        underWay.remove(peer); // it is not there yet; asked again at the next tick
                    }

                    @Override
                    public void onCompleted() {
                        underWay.remove(peer);
                    }
                });
    }

    /** The other side, which also tells who was removed so; {@code at} is told where the asker is now; {@code standing} is empty until this member has opened its files. */
    RaftStandingGrpc.RaftStandingImplBase service(Supplier<Optional<StandingResponse>> standing, Consumer<Member> at) {
        return new RaftStandingGrpc.RaftStandingImplBase() {
            @Override
            public void ask(StandingRequest request, StreamObserver<StandingResponse> answer) {
                boolean known = members.find(request.getNode()).isPresent() || agreed.removed(request.getNode());
                if (!known || !request.getCluster().equals(cluster)) {
                    answer.onError(Status.PERMISSION_DENIED
                            .withDescription("node " + request.getNode() + " of cluster " + request.getCluster()
                                    + " is not a member of cluster " + cluster)
                            .asRuntimeException());
                    return;
                }
                if (request.hasAddress() && request.getAddress().getId().equals(request.getNode())) {
                    at.accept(MembersCodec.member(request.getAddress()));
                }
                Optional<StandingResponse> own = standing.get();
                if (own.isEmpty()) {
                    answer.onError(Status.UNAVAILABLE
                            .withDescription("not started yet")
                            .asRuntimeException());
                    return;
                }
                answer.onNext(own.get().toBuilder()
                        .setMembers(MembersCodec.encode(agreed.now()))
                        .build());
                answer.onCompleted();
            }
        };
    }
}
