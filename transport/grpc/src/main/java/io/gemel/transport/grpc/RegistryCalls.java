package io.gemel.transport.grpc;

import io.gemel.naming.Durability;
import io.gemel.naming.Naming;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.RegisterRequest;
import java.util.concurrent.CompletableFuture;

/** What can be asked without a session, by itself or in a pipeline: decodes and asks. Throws what a request's own form is refused with. */
record RegistryCalls(Naming naming) {
    CompletableFuture<Written> register(RegisterRequest request) {
        ServiceId service = Codec.service(request);
        return naming.register(service, Codec.instances(request), Publisher.NONE, Codec.precondition(request));
    }

    CompletableFuture<Written> deregister(DeregisterRequest request) {
        ServiceId service = Codec.service(request);
        return naming.deregister(
                service, Codec.keys(request), Durability.PERSISTENT, Publisher.NONE, Codec.precondition(request));
    }

    CompletableFuture<ServiceView> find(FindRequest request) {
        return naming.find(Codec.service(request), Codec.readLevel(request));
    }
}
