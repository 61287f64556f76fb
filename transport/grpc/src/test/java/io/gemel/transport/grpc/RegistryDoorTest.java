package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServiceView;
import io.gemel.transport.grpc.Refusals.Call;
import io.gemel.transport.grpc.v1.ListServicesRequest;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryDoorTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);

    private final OneNode node = new OneNode();
    private final RegistryGrpc.RegistryBlockingStub calls = node.calls();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void aPersistentInstanceIsFoundUntilItIsDeregistered() {
        long revision =
                calls.register(Codec.registerRequest(ORDERS, List.of(A))).getRevision();
        assertThat(revision).isPositive();

        ServiceView view = Codec.decode(
                calls.find(Codec.findRequest(ORDERS, ReadLevel.LINEARIZABLE)).getView());
        assertThat(view.instances()).containsExactly(A);
        assertThat(view.registrations().get(0).revision()).isEqualTo(revision);

        assertThat(calls.deregister(Codec.deregisterRequest(ORDERS, List.of(A.key())))
                        .getRevision())
                .isGreaterThan(revision);
        assertRefused(() -> calls.find(Codec.findRequest(ORDERS, ReadLevel.LOCAL)), Status.Code.NOT_FOUND, "orders");
    }

    @Test
    void anEphemeralInstanceNeedsASession() {
        RegisterRequest request = Codec.registerRequest(ORDERS, List.of(Instance.ephemeral("10.0.0.1", 80)));
        RegistryException refusal =
                assertRefused(() -> calls.register(request), Status.Code.FAILED_PRECONDITION, "session");

        assertThat(refusal.code()).isEqualTo(Code.NO_SESSION);
    }

    @Test
    void aPreconditionReachesTheRegistryAndAConflictTheCaller() {
        node.consistency.insteadOfRegistering(() -> CompletableFuture.failedFuture(
                new RegistryException(Code.REVISION_CONFLICT, "revision 4 (expected: revision 3)")));
        RegistryException refusal = assertRefused(
                () -> calls.register(Codec.registerRequest(ORDERS, List.of(A), Precondition.revision(3))),
                Status.Code.ABORTED,
                "revision 4");
        assertThat(refusal.code()).isEqualTo(Code.REVISION_CONFLICT);
        assertThat(refusal.code().nothingDone()).isTrue();
        calls.deregister(Codec.deregisterRequest(ORDERS, List.of(A.key()), Precondition.ABSENT));
        assertThat(node.consistency.written)
                .containsExactly(
                        new Change.Register(ORDERS, List.of(A), Publisher.NONE, Precondition.revision(3)),
                        new Change.Deregister(
                                ORDERS, List.of(A.key()), Durability.PERSISTENT, Publisher.NONE, Precondition.ABSENT));
    }

    @Test
    void aRevisionOutOfRangeIsRefused() {
        RegisterRequest request = Codec.registerRequest(ORDERS, List.of(A)).toBuilder()
                .setIfRevision(-1)
                .build();
        assertRefused(() -> calls.register(request), Status.Code.INVALID_ARGUMENT, "if_revision: 18446744073709551615");
    }

    @Test
    void badRequestsNameTheFieldAndChangeNothing() {
        assertRefused(
                () -> calls.register(RegisterRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                "service: absent");
        assertRefused(
                () -> calls.register(Codec.registerRequest(ORDERS, List.of())),
                Status.Code.INVALID_ARGUMENT,
                "instances: 0");
        RegisterRequest bad = Codec.registerRequest(ORDERS, List.of(A)).toBuilder()
                .addInstances(Codec.encode(A).toBuilder().setWeight(Double.NaN))
                .build();
        assertRefused(() -> calls.register(bad), Status.Code.INVALID_ARGUMENT, "instances[1].weight: NaN");
        assertRefused(
                () -> calls.listServices(
                        ListServicesRequest.newBuilder().setLimit(1_001).build()),
                Status.Code.INVALID_ARGUMENT,
                "limit: 1001");
        assertRefused(
                () -> calls.listServices(
                        ListServicesRequest.newBuilder().setLimit(-1).build()),
                Status.Code.INVALID_ARGUMENT,
                "limit: 4294967295");

        assertThat(node.index.services()).isZero();
    }

    @Test
    void servicesAreListedPageByPage() {
        for (String name : List.of("a", "b", "c")) {
            calls.register(Codec.registerRequest(ServiceId.of(name), List.of(A)));
        }
        ServicePage first = Codec.decode(
                calls.listServices(ListServicesRequest.newBuilder().setLimit(2).build()));
        assertThat(first).isEqualTo(new ServicePage(List.of(ServiceId.of("a"), ServiceId.of("b")), true));

        ServicePage second = Codec.decode(calls.listServices(ListServicesRequest.newBuilder()
                .setAfter(Codec.encode(first.services().get(1)))
                .build()));
        assertThat(second).isEqualTo(new ServicePage(List.of(ServiceId.of("c")), false));
    }

    @Test
    void statusIsWhatTheNodeSays() {
        assertThat(StatusCodec.decode(calls.status(StatusRequest.getDefaultInstance())))
                .isEqualTo(OneNode.STATUS);
    }

    @Test
    void aNodeThatIsStartingRefusesReads() {
        node.readiness.block("raft", "catching up");
        RegistryException refusal = assertRefused(
                () -> calls.find(Codec.findRequest(ORDERS, ReadLevel.LOCAL)), Status.Code.UNAVAILABLE, "catching up");

        assertThat(refusal.code()).isEqualTo(Code.NOT_READY);
    }

    @Test
    void anUnexpectedFailureIsInternalAndKeepsItsTextToTheLog() {
        node.consistency.insteadOfRegistering(
                () -> CompletableFuture.failedFuture(new IllegalStateException("secret")));
        assertInternal();
        node.consistency.insteadOfRegistering(() -> {
            throw new AssertionError("secret");
        });
        assertInternal();
    }

    private void assertInternal() {
        RegisterRequest request = Codec.registerRequest(ORDERS, List.of(A));
        RegistryException refusal = assertRefused(() -> calls.register(request), Status.Code.INTERNAL, "log");
        assertThat(refusal.code()).isEqualTo(Code.UNKNOWN_OUTCOME);
        assertThat(refusal.getMessage()).doesNotContain("secret");
    }

    @Test
    void reflectionSeesTheContract() {
        ServiceDescriptor service = node.door.bindService().getServiceDescriptor();

        assertThat(service.getName()).isEqualTo("gemel.v1.Registry");
        assertThat(service.getSchemaDescriptor()).isInstanceOf(ProtoServiceDescriptorSupplier.class);
        assertThat(service.getMethods())
                .extracting(MethodDescriptor::getFullMethodName)
                .containsExactlyInAnyOrderElementsOf(RegistryGrpc.getServiceDescriptor().getMethods().stream()
                        .map(MethodDescriptor::getFullMethodName)
                        .toList());
    }

    private static RegistryException assertRefused(ThrowingCallable call, Status.Code status, String told) {
        StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure.getStatus().getCode()).isEqualTo(status);
        assertThat(failure).hasMessageContaining(told);
        RegistryException refusal = Refusals.received(failure, Call.WRITE);
        assertThat(failure.getStatus().getDescription())
                .isEqualTo(refusal.getMessage() + "; " + refusal.code().whatToDo());
        return refusal;
    }
}
