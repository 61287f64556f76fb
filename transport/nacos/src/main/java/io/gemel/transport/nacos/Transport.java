package io.gemel.transport.nacos;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.ServerTransportFilter;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * An HTTP/2 connection. It is what Nacos clients take for their connection: they never send an id, so what arrives on one transport belongs
 * together. Thread-safe.
 */
final class Transport {
    private static final Attributes.Key<Transport> KEY = Attributes.Key.create("nacos-transport");

    private final String id;
    private volatile Optional<NacosConnection> connection = Optional.empty();

    private Transport(String id) {
        this.id = id;
    }

    /** Marks every transport of a port, so that calls find theirs. */
    static ServerTransportFilter marking(InstantSource clock) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                String peer = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address
                        ? address.getHostString() + "_" + address.getPort()
                        : "local_0";
                return attributes.toBuilder()
                        .set(KEY, new Transport(clock.millis() + "_" + peer))
                        .build();
            }
        };
    }

    /** The transport that {@code call} came on. */
    static Transport of(ServerCall<?, ?> call) {
        return Objects.requireNonNull(call.getAttributes().get(KEY), "the port marks its transports");
    }

    /** What clients are told; nobody but people reads it. */
    String id() {
        return id;
    }

    /** The connection that was set up on it, if it was and is not over. */
    Optional<NacosConnection> connection() {
        return connection;
    }

    /** Takes on a connection, unless it has one. */
    synchronized boolean take(NacosConnection anew) {
        if (connection.isPresent()) {
            return false;
        }
        connection = Optional.of(anew);
        return true;
    }

    /** Its connection is over. */
    synchronized void drop() {
        connection = Optional.empty();
    }
}
