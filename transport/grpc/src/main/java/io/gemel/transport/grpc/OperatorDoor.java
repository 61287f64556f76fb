package io.gemel.transport.grpc;

import static io.gemel.transport.grpc.UnaryMethods.unary;

import io.gemel.naming.Change;
import io.gemel.naming.Naming;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.ServerMethods.Received;
import io.gemel.transport.grpc.v1.ClearOverrideRequest;
import io.gemel.transport.grpc.v1.ClearServiceRequest;
import io.gemel.transport.grpc.v1.DescribeServiceRequest;
import io.gemel.transport.grpc.v1.DescribeServiceResponse;
import io.gemel.transport.grpc.v1.OperatorGrpc;
import io.gemel.transport.grpc.v1.SetOverrideRequest;
import io.gemel.transport.grpc.v1.SetServiceRequest;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.concurrent.CompletableFuture;

/** The service gemel.v1.Operator over {@link Naming}: decodes, asks, encodes. Never blocks. Thread-safe. */
public final class OperatorDoor implements BindableService {
    private static final MethodDescriptor<Received<SetServiceRequest>, WriteResponse> SET_SERVICE =
            ServerMethods.method(OperatorGrpc.getSetServiceMethod());
    private static final MethodDescriptor<Received<ClearServiceRequest>, WriteResponse> CLEAR_SERVICE =
            ServerMethods.method(OperatorGrpc.getClearServiceMethod());
    private static final MethodDescriptor<Received<DescribeServiceRequest>, DescribeServiceResponse> DESCRIBE =
            ServerMethods.method(OperatorGrpc.getDescribeServiceMethod());
    private static final MethodDescriptor<Received<SetOverrideRequest>, WriteResponse> SET_OVERRIDE =
            ServerMethods.method(OperatorGrpc.getSetOverrideMethod());
    private static final MethodDescriptor<Received<ClearOverrideRequest>, WriteResponse> CLEAR_OVERRIDE =
            ServerMethods.method(OperatorGrpc.getClearOverrideMethod());

    private static final ServiceDescriptor SERVICE = ServiceDescriptor.newBuilder(OperatorGrpc.SERVICE_NAME)
            .setSchemaDescriptor(OperatorGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(SET_SERVICE)
            .addMethod(CLEAR_SERVICE)
            .addMethod(DESCRIBE)
            .addMethod(SET_OVERRIDE)
            .addMethod(CLEAR_OVERRIDE)
            .build();

    private final Naming naming;

    /** A door for {@code naming}; serves once a server binds it. */
    public OperatorDoor(Naming naming) {
        this.naming = naming;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(SET_SERVICE, unary(Refusals.Call.WRITE, request -> write(OperatorCodec.change(request))))
                .addMethod(CLEAR_SERVICE, unary(Refusals.Call.WRITE, request -> write(OperatorCodec.change(request))))
                .addMethod(DESCRIBE, unary(Refusals.Call.READ, this::describe))
                .addMethod(SET_OVERRIDE, unary(Refusals.Call.WRITE, request -> write(OperatorCodec.change(request))))
                .addMethod(CLEAR_OVERRIDE, unary(Refusals.Call.WRITE, request -> write(OperatorCodec.change(request))))
                .build();
    }

    private CompletableFuture<WriteResponse> write(Change.SetService change) {
        return encoded(naming.setService(change));
    }

    private CompletableFuture<WriteResponse> write(Change.SetOverride change) {
        return encoded(naming.setOverride(change));
    }

    private CompletableFuture<DescribeServiceResponse> describe(DescribeServiceRequest request) {
        ReadLevel level =
                new ReadLevel(request.getLinearizable(), Codec.unsignedLong("min_revision", request.getMinRevision()));
        return naming.describe(Codec.required(request.hasService(), request.getService()), level)
                .thenApply(OperatorCodec::encode);
    }

    private static CompletableFuture<WriteResponse> encoded(CompletableFuture<Written> written) {
        return written.thenApply(Codec::encode);
    }
}
