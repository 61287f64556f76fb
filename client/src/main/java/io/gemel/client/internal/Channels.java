package io.gemel.client.internal;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One channel per server in use. Confined to the client's loop.
 *
 * <p>A channel that failed is thrown away rather than used again: a gRPC channel would wait up to two minutes before it
 * connects anew, and the client has its own back-off.
 */
final class Channels {
    /** Of what a server sends: a view of a service with very many instances. */
    private static final int MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

    private static final Duration IDLE = Duration.ofMinutes(1);

    /**
     * For each address that a name has: gRPC tries them in turn. Shorter than the client's patience with a server, which
     * begins with two seconds, or a first address that swallows packets would keep it from the second one.
     */
    private static final Duration CONNECT = Duration.ofSeconds(1);

    private final Function<String, ManagedChannel> dial;
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    private final Set<ManagedChannel> retired = new HashSet<>();

    Channels(Function<String, ManagedChannel> dial) {
        this.dial = dial;
    }

    ManagedChannel channel(String address) {
        ManagedChannel known = channels.get(address);
        if (known != null) {
            return known;
        }
        ManagedChannel fresh = dial.apply(address);
        channels.put(address, fresh);
        return fresh;
    }

    /** Takes the channel out of use; calls under way on it go on. */
    void discard(String address) {
        ManagedChannel channel = channels.remove(address);
        if (channel != null) {
            channel.shutdown();
            retired.removeIf(ManagedChannel::isTerminated);
            retired.add(channel);
        }
    }

    void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        retired.forEach(ManagedChannel::shutdownNow);
        channels.clear();
        retired.clear();
    }

    /** A channel to the server at {@code text}; connects when it is used. */
    static ManagedChannel open(String text, Duration keepAlive) {
        ServerAddress address = ServerAddress.parse(text);
        // An address that needs no look-up gets no resolver, and so no thread for it.
        NettyChannelBuilder builder = address.literal()
                ? NettyChannelBuilder.forAddress(new InetSocketAddress(address.host(), address.port()))
                : NettyChannelBuilder.forAddress(address.host(), address.port());
        return builder.usePlaintext()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT.toMillis()))
                .directExecutor()
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .keepAliveTime(keepAlive.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(keepAlive.toNanos(), TimeUnit.NANOSECONDS)
                .idleTimeout(IDLE.toNanos(), TimeUnit.NANOSECONDS)
                .build();
    }
}
