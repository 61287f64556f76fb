package io.gemel.transport.grpc;

import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.io.InputStream;

/**
 * The service gemel.v1.Registry as the server binds it: names and schema of the generated one, so that reflection shows
 * it, but what carries a view is sent as bytes that are there already.
 */
final class ServerMethods {
    static final MethodDescriptor<ClientMessage, InputStream> SESSION =
            answeredInBytes(RegistryGrpc.getSessionMethod());
    static final MethodDescriptor<FindRequest, InputStream> FIND = answeredInBytes(RegistryGrpc.getFindMethod());

    static final ServiceDescriptor SERVICE = ServiceDescriptor.newBuilder(RegistryGrpc.SERVICE_NAME)
            .setSchemaDescriptor(RegistryGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(SESSION)
            .addMethod(RegistryGrpc.getRegisterMethod())
            .addMethod(RegistryGrpc.getDeregisterMethod())
            .addMethod(FIND)
            .addMethod(RegistryGrpc.getListServicesMethod())
            .addMethod(RegistryGrpc.getStatusMethod())
            .build();

    private ServerMethods() {}

    /** The bytes of a message of a session that holds no view. */
    static InputStream bytes(ServerMessage message) {
        return RegistryGrpc.getSessionMethod().streamResponse(message);
    }

    private static <Q> MethodDescriptor<Q, InputStream> answeredInBytes(MethodDescriptor<Q, ?> generated) {
        return generated.toBuilder(generated.getRequestMarshaller(), new Encoded())
                .build();
    }

    /** Sends what is encoded already. */
    private static final class Encoded implements MethodDescriptor.Marshaller<InputStream> {
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
