package io.gemel.transport.grpc;

import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.ListServicesRequest;
import io.gemel.transport.grpc.v1.ListServicesResponse;
import io.gemel.transport.grpc.v1.PipelinedCalls;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.gemel.transport.grpc.v1.StatusResponse;
import io.gemel.transport.grpc.v1.WriteResponse;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * The service gemel.v1.Registry as the server binds it: names and schema are those of the generated one, so that
 * reflection shows it.
 *
 * <p>Two things differ on the wire's inner side. What carries a view is sent as bytes that are there already. And bytes
 * that are no message reach the handler as such, which refuses them: gRPC would report an error of the application.
 */
final class ServerMethods {
    static final MethodDescriptor<Received<ClientMessage>, InputStream> SESSION =
            method(RegistryGrpc.getSessionMethod(), new Encoded());
    static final MethodDescriptor<Received<PipelinedCalls>, InputStream> PIPELINE =
            method(RegistryGrpc.getPipelineMethod(), new Encoded());
    static final MethodDescriptor<Received<FindRequest>, InputStream> FIND =
            method(RegistryGrpc.getFindMethod(), new Encoded());
    static final MethodDescriptor<Received<RegisterRequest>, WriteResponse> REGISTER =
            method(RegistryGrpc.getRegisterMethod());
    static final MethodDescriptor<Received<DeregisterRequest>, WriteResponse> DEREGISTER =
            method(RegistryGrpc.getDeregisterMethod());
    static final MethodDescriptor<Received<ListServicesRequest>, ListServicesResponse> LIST_SERVICES =
            method(RegistryGrpc.getListServicesMethod());
    static final MethodDescriptor<Received<StatusRequest>, StatusResponse> STATUS =
            method(RegistryGrpc.getStatusMethod());

    static final ServiceDescriptor SERVICE = ServiceDescriptor.newBuilder(RegistryGrpc.SERVICE_NAME)
            .setSchemaDescriptor(RegistryGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(SESSION)
            .addMethod(REGISTER)
            .addMethod(DEREGISTER)
            .addMethod(FIND)
            .addMethod(PIPELINE)
            .addMethod(LIST_SERVICES)
            .addMethod(STATUS)
            .build();

    private ServerMethods() {}

    /** What a client sent as a request. */
    sealed interface Received<Q> {
        /** The request; throws {@code BAD_REQUEST} if the bytes are none. */
        Q message();

        /** Bytes that are a request. */
        record Message<Q>(Q message) implements Received<Q> {}

        /** Bytes that are none. */
        record Garbage<Q>(String method) implements Received<Q> {
            @Override
            public Q message() {
                throw new RegistryException(
                        RegistryException.Code.BAD_REQUEST,
                        "message: not what " + method + " takes (expected: a message of gemel.v1)");
            }
        }
    }

    /** The bytes of a message of a session that holds no view. */
    static InputStream bytes(ServerMessage message) {
        return RegistryGrpc.getSessionMethod().streamResponse(message);
    }

    /** The generated method, but for bytes that are no message. */
    static <Q, R> MethodDescriptor<Received<Q>, R> method(MethodDescriptor<Q, R> generated) {
        return method(generated, generated.getResponseMarshaller());
    }

    private static <Q, R> MethodDescriptor<Received<Q>, R> method(
            MethodDescriptor<Q, ?> generated, Marshaller<R> response) {
        return generated.toBuilder(new Receiving<>(generated), response).build();
    }

    /** Reads what it can. */
    private record Receiving<Q>(MethodDescriptor<Q, ?> generated) implements Marshaller<Received<Q>> {
        @Override
        public InputStream stream(Received<Q> request) {
            return generated.streamRequest(request.message());
        }

        @Override
        public Received<Q> parse(InputStream bytes) {
            try {
                return new Received.Message<>(generated.parseRequest(bytes));
            } catch (StatusRuntimeException notOne) {
                return new Received.Garbage<>(generated.getFullMethodName());
            }
        }
    }

    /** Sends what is encoded already. */
    private static final class Encoded implements Marshaller<InputStream> {
        @Override
        public InputStream stream(InputStream encoded) {
            return encoded;
        }

        @Override
        public InputStream parse(InputStream received) {
            return received;
        }
    }
}
