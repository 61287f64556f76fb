package io.gemel.consistency.health;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.consistency.wire.ConfirmRequest;
import io.gemel.consistency.wire.ConfirmResponse;
import io.gemel.consistency.wire.HealthConfirmationGrpc;
import io.gemel.consistency.wire.InstanceCodec;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Confirmations between members, over the server port. Thread-safe. */
final class GrpcConfirmations implements Confirmations {
    /** Beyond the time that the check itself may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String cluster;
    private final Members members;
    private final PeerChannels channels;

    GrpcConfirmations(String cluster, Members members, PeerChannels channels) {
        this.cluster = cluster;
        this.members = members;
        this.channels = channels;
    }

    /** Answers what other members ask. */
    @FunctionalInterface
    interface Answerer {
        /** Checks the registration with this revision once; {@code done} is told of the finding; throws {@link RegistryException} if it has too much to do. */
        void confirm(ServiceId service, InstanceKey key, long revision, BiConsumer<Finding, String> done);
    }

    @Override
    public void ask(String member, HealthVerdict verdict, Duration timeout, BiConsumer<Finding, String> done) {
        Optional<ManagedChannel> channel = channels.find(member);
        if (channel.isEmpty()) {
            done.accept(Finding.UNKNOWN, "not reached");
            return;
        }
        ConfirmRequest request = ConfirmRequest.newBuilder()
                .setCluster(cluster)
                .setNode(members.self().id())
                .setService(InstanceCodec.encode(verdict.service()))
                .setAddress(InstanceCodec.encode(verdict.key()))
                .setRevision(verdict.revision())
                .build();
        HealthConfirmationGrpc.newStub(channel.get())
                .withDeadlineAfter(timeout.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS)
                .confirm(request, new StreamObserver<>() {
                    private ConfirmResponse found = ConfirmResponse.getDefaultInstance();

                    @Override
                    public void onNext(ConfirmResponse answer) {
                        found = answer;
                    }

                    @Override
                    public void onError(Throwable failure) {
                        done.accept(
                                Finding.UNKNOWN,
                                "no answer: " + Status.fromThrowable(failure).getCode());
                    }

                    @Override
                    public void onCompleted() {
                        done.accept(finding(found.getFinding()), found.getCause());
                    }
                });
    }

    private static Finding finding(ConfirmResponse.Finding finding) {
        return switch (finding) {
            case FINDING_HEALTHY -> Finding.HEALTHY;
            case FINDING_UNHEALTHY -> Finding.UNHEALTHY;
            case FINDING_UNKNOWN, FINDING_UNSPECIFIED, UNRECOGNIZED -> Finding.UNKNOWN;
        };
    }

    private static ConfirmResponse.Finding finding(Finding finding) {
        return switch (finding) {
            case HEALTHY -> ConfirmResponse.Finding.FINDING_HEALTHY;
            case UNHEALTHY -> ConfirmResponse.Finding.FINDING_UNHEALTHY;
            case UNKNOWN -> ConfirmResponse.Finding.FINDING_UNKNOWN;
        };
    }

    /** The other side. */
    HealthConfirmationGrpc.HealthConfirmationImplBase service(Answerer answerer) {
        return new HealthConfirmationGrpc.HealthConfirmationImplBase() {
            @Override
            public void confirm(ConfirmRequest request, StreamObserver<ConfirmResponse> answer) {
                if (members.find(request.getNode()).isEmpty()
                        || !request.getCluster().equals(cluster)) {
                    answer.onError(Status.PERMISSION_DENIED
                            .withDescription("node " + request.getNode() + " of cluster " + request.getCluster()
                                    + " is not a member of cluster " + cluster)
                            .asRuntimeException());
                    return;
                }
                try {
                    answerer.confirm(
                            InstanceCodec.decode(request.getService()),
                            InstanceCodec.decode(request.getAddress()),
                            request.getRevision(),
                            (found, cause) -> {
                                answer.onNext(ConfirmResponse.newBuilder()
                                        .setFinding(finding(found))
                                        .setCause(cause)
                                        .build());
                                answer.onCompleted();
                            });
                } catch (RegistryException refusal) {
                    answer.onError(Status.UNAVAILABLE
                            .withDescription(refusal.getMessage())
                            .asRuntimeException());
                }
            }
        };
    }
}
