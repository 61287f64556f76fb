package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.gemel.naming.Change;
import io.gemel.naming.GuardMode;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Versioned;
import io.gemel.transport.grpc.v1.ClearOverrideRequest;
import io.gemel.transport.grpc.v1.ClearServiceRequest;
import io.gemel.transport.grpc.v1.DescribeServiceRequest;
import io.gemel.transport.grpc.v1.OperatorGrpc;
import io.gemel.transport.grpc.v1.SetOverrideRequest;
import io.gemel.transport.grpc.v1.SetServiceRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorDoorTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80).withMetadata("zone", "a");
    private static final ServiceSettings SETTINGS = new ServiceSettings(
            0.75, Map.of("owner", "shop"), TypedMetadata.of(new byte[] {1, 2, -3}), Optional.of(GuardMode.DRY_RUN));
    private static final InstanceOverride OFF =
            InstanceOverride.NONE.withEnabled(false).withWeight(0).withMetadata(Map.of("note", "drained"));

    private final OneNode node = new OneNode();
    private final OperatorGrpc.OperatorBlockingStub calls =
            OperatorGrpc.newBlockingStub(node.connect()).withDeadlineAfter(10, TimeUnit.SECONDS);

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void whatIsSetIsDescribedBesideWhatWasRegisteredUntilItIsCleared() {
        long registered =
                node.calls().register(Codec.registerRequest(ORDERS, List.of(A))).getRevision();
        long set = calls.setService(OperatorCodec.setRequest(set(SETTINGS))).getRevision();
        long overridden =
                calls.setOverride(OperatorCodec.setRequest(override(OFF))).getRevision();

        assertThat(describe())
                .isEqualTo(new ServiceDescription(
                        ORDERS,
                        new OperatorState(
                                Optional.of(new Versioned<>(SETTINGS, set)),
                                List.of(new OperatorState.Overridden(
                                        A.key(), new Versioned<>(OFF, overridden), Optional.of(A)))),
                        new ServiceView.Tally(1, 0, 0),
                        Map.of()));
        ServiceView view = find();
        assertThat(view.registrations())
                .containsExactly(new Registration(
                        A.withEnabled(false).withWeight(0).withMetadata("note", "drained"), registered, true));
        assertThat(view.protectionThreshold()).isEqualTo(0.75);
        assertThat(view.metadata()).isEqualTo(SETTINGS.metadata());

        calls.clearOverride(OperatorCodec.clearRequest(override(OFF)));
        calls.clearService(OperatorCodec.clearRequest(set(SETTINGS)));
        assertThat(describe().state()).isEqualTo(OperatorState.NONE);
        assertThat(find().registrations()).containsExactly(new Registration(A, registered));
    }

    @Test
    void protectionReachedTravelsAsAFlagOfItsOwn() {
        Instance sick = A.withHealthy(false);
        node.calls().register(Codec.registerRequest(ORDERS, List.of(sick)));
        calls.setService(OperatorCodec.setRequest(set(SETTINGS)));

        var message =
                node.calls().find(Codec.findRequest(ORDERS, ReadLevel.LOCAL)).getView();
        assertThat(message.getProtectionReached()).isTrue();
        assertThat(Codec.decode(message).protectionReached()).isTrue();
        assertThat(Codec.decode(message).instances()).containsExactly(sick);
        assertThat(describe().protectionReached()).isTrue();
    }

    @Test
    void aServiceThatNobodyKnowsIsDescribedToo() {
        assertThat(describe())
                .isEqualTo(
                        new ServiceDescription(ORDERS, OperatorState.NONE, new ServiceView.Tally(0, 0, 0), Map.of()));
    }

    @Test
    void aPreconditionReachesTheRegistry() {
        Change.SetService service = new Change.SetService(ORDERS, Optional.of(SETTINGS), Precondition.revision(3));
        Change.SetService noService = new Change.SetService(ORDERS, Optional.empty(), Precondition.revision(4));
        Change.SetOverride override = new Change.SetOverride(ORDERS, A.key(), Optional.of(OFF), Precondition.ABSENT);
        Change.SetOverride noOverride =
                new Change.SetOverride(ORDERS, A.key(), Optional.empty(), Precondition.revision(5));
        calls.setService(OperatorCodec.setRequest(service));
        calls.clearService(OperatorCodec.clearRequest(noService));
        calls.setOverride(OperatorCodec.setRequest(override));
        calls.clearOverride(OperatorCodec.clearRequest(noOverride));
        assertThat(node.consistency.written).containsExactly(service, noService, override, noOverride);
    }

    @Test
    void badRequestsNameTheFieldAndChangeNothing() {
        assertRefused(() -> calls.setService(SetServiceRequest.getDefaultInstance()), "service: absent");
        assertRefused(() -> calls.clearService(ClearServiceRequest.getDefaultInstance()), "service: absent");
        assertRefused(() -> calls.setOverride(SetOverrideRequest.getDefaultInstance()), "service: absent");
        assertRefused(() -> calls.clearOverride(ClearOverrideRequest.getDefaultInstance()), "service: absent");
        assertRefused(() -> calls.describeService(DescribeServiceRequest.getDefaultInstance()), "service: absent");
        assertRefused(
                () -> calls.describeService(OperatorCodec.describeRequest(ORDERS, ReadLevel.LOCAL).toBuilder()
                        .setMinRevision(-1)
                        .build()),
                "min_revision: 18446744073709551615");

        SetServiceRequest service = OperatorCodec.setRequest(set(SETTINGS));
        assertRefused(() -> calls.setService(service.toBuilder().clearSettings().build()), "settings: absent");
        assertRefused(
                () -> calls.setService(service.toBuilder().setIfRevision(-1).build()), "if_revision: 184467");
        assertRefused(
                () -> calls.setService(service.toBuilder()
                        .setSettings(service.getSettings().toBuilder().setProtectionThreshold(1.5))
                        .build()),
                "settings.protection_threshold: 1.5 (expected: 0..1)");
        assertRefused(
                () -> calls.setService(service.toBuilder()
                        .setSettings(service.getSettings().toBuilder().putMetadata("k", "x".repeat(17_000)))
                        .build()),
                "settings.metadata: 1701");
        assertRefused(
                () -> calls.setService(service.toBuilder()
                        .setSettings(service.getSettings().toBuilder().setTyped(ByteString.copyFrom(new byte[65_537])))
                        .build()),
                "settings.typed: 65537 bytes (expected: at most 65536)");

        SetOverrideRequest override = OperatorCodec.setRequest(override(OFF));
        assertRefused(() -> calls.setOverride(override.toBuilder().clearKey().build()), "key: absent");
        assertRefused(
                () -> calls.setOverride(override.toBuilder()
                        .setKey(override.getKey().toBuilder().setPort(70_000))
                        .build()),
                "key.port: 70000 (expected: 1..65535)");
        assertRefused(
                () -> calls.setOverride(override.toBuilder().clearOverride().build()), "override: absent");
        assertRefused(
                () -> calls.setOverride(override.toBuilder()
                        .setOverride(io.gemel.transport.grpc.v1.InstanceOverride.getDefaultInstance())
                        .build()),
                "override: sets nothing (expected: enabled, weight or metadata");
        assertRefused(
                () -> calls.setOverride(override.toBuilder()
                        .setOverride(override.getOverride().toBuilder().setWeight(Double.NaN))
                        .build()),
                "override.weight: NaN (expected: 0..10000)");
        assertRefused(
                () -> calls.setOverride(override.toBuilder()
                        .setOverride(override.getOverride().toBuilder().putMetadata("", "v"))
                        .build()),
                "override.metadata: an empty key");
        assertThat(node.consistency.written).isEmpty();
    }

    private ServiceDescription describe() {
        return OperatorCodec.decode(
                calls.describeService(OperatorCodec.describeRequest(ORDERS, ReadLevel.LINEARIZABLE)));
    }

    private ServiceView find() {
        return Codec.decode(
                node.calls().find(Codec.findRequest(ORDERS, ReadLevel.LOCAL)).getView());
    }

    private static Change.SetService set(ServiceSettings settings) {
        return new Change.SetService(ORDERS, Optional.of(settings), Precondition.NONE);
    }

    private static Change.SetOverride override(InstanceOverride override) {
        return new Change.SetOverride(ORDERS, A.key(), Optional.of(override), Precondition.NONE);
    }

    private static void assertRefused(ThrowingCallable call, String cause) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining(cause);
    }
}
