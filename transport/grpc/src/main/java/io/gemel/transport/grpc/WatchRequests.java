package io.gemel.transport.grpc;

import io.gemel.naming.Naming;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePattern;
import io.gemel.transport.grpc.v1.Unwatch;
import io.gemel.transport.grpc.v1.UnwatchServices;
import io.gemel.transport.grpc.v1.Watch;
import io.gemel.transport.grpc.v1.WatchServices;

/** What one client wants to be told of: each request reaches its outbox first, so that nothing that it brings about is lost. */
record WatchRequests(Naming naming, Outbox outbox) {
    void watch(Watch request) {
        ServiceId service = Codec.service(request);
        outbox.watch(service, request.getDeltas());
        try {
            naming.watch(service, outbox);
        } catch (RegistryException refusal) {
            outbox.unwatch(service);
            throw refusal;
        }
    }

    void unwatch(Unwatch request) {
        ServiceId service = Codec.service(request);
        outbox.unwatch(service);
        naming.unwatch(service, outbox);
    }

    void watch(WatchServices request) {
        ServicePattern pattern = NamesCodec.decode(request.getPattern());
        outbox.watch(pattern);
        try {
            naming.watch(pattern, outbox);
        } catch (RegistryException refusal) {
            outbox.unwatch(pattern);
            throw refusal;
        }
    }

    void unwatch(UnwatchServices request) {
        ServicePattern pattern = NamesCodec.decode(request.getPattern());
        outbox.unwatch(pattern);
        naming.unwatch(pattern, outbox);
    }
}
