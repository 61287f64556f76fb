package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.DistroGrpc;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One gRPC stream to each peer, opened again when it breaks. Its state is the naming loop's. */
final class GrpcLinks implements PeerLinks, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GrpcLinks.class);
    private static final Duration RELINK_PERIOD = Duration.ofMillis(250);

    /** Without any peer, to find out that there is one now. */
    private static final Duration ALONE = Duration.ofMillis(500);

    private final Members members;
    private final Function<String, Optional<ManagedChannel>> channels;
    private final Loop loop;
    private final Map<String, Link> links = new HashMap<>();
    private final Map<String, String> refusals = new HashMap<>();
    private @Nullable DistroCore core;
    private boolean closed;

    GrpcLinks(Members members, Function<String, Optional<ManagedChannel>> channels, Loop loop) {
        this.members = members;
        this.channels = channels;
        this.loop = loop;
    }

    void start(DistroCore origin) {
        loop.execute(() -> {
            core = origin;
            follow();
        });
        loop.paced(RELINK_PERIOD, () -> {
            follow();
            return members.peers().isEmpty() ? ALONE : RELINK_PERIOD;
        });
    }

    /** Links to peers that have no link, and ends the links to those that are none any more, or are somewhere else now. */
    private void follow() {
        if (closed || core == null) {
            return;
        }
        Map<String, ManagedChannel> peers = new LinkedHashMap<>();
        if (members.present()) {
            members.peers()
                    .forEach(peer -> channels.apply(peer.id()).ifPresent(channel -> peers.put(peer.id(), channel)));
        }
        for (Link link : List.copyOf(links.values())) {
            if (link.channel != peers.get(link.peer)) {
                unlink(link, core);
            }
        }
        refusals.keySet().retainAll(peers.keySet());
        for (Map.Entry<String, ManagedChannel> peer : peers.entrySet()) {
            if (!links.containsKey(peer.getKey())) {
                link(peer.getKey(), peer.getValue(), core);
            }
        }
    }

    private void link(String peer, ManagedChannel channel, DistroCore origin) {
        Link link = new Link(peer, channel, origin);
        links.put(peer, link);
        DistroGrpc.newStub(awake(channel)).replicate(link);
        link.send(origin.hello(peer));
    }

    private void unlink(Link link, DistroCore origin) {
        links.remove(link.peer);
        link.cancel("no member any more, or at another address");
        origin.linkClosed(link.peer);
    }

    /** gRPC's own back-off grows to two minutes; a peer that is back waits for this node's origin before it is ready. */
    private static ManagedChannel awake(ManagedChannel channel) {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        return channel;
    }

    @Override
    public boolean ready(String peer) {
        Link link = links.get(peer);
        return link != null && link.ready();
    }

    @Override
    public void send(String peer, OriginMessage message) {
        Link link = links.get(peer);
        if (link != null) {
            link.send(message);
        }
    }

    @Override
    public void close() {
        loop.executeOrWait(() -> {
            closed = true;
            Map.copyOf(links).values().forEach(link -> link.cancel("this server is stopping"));
            links.clear();
        });
    }

    /** The stream to one peer. Network threads report to the loop. */
    private final class Link implements ClientResponseObserver<OriginMessage, OriginReply> {
        private final String peer;
        private final ManagedChannel channel;
        private final DistroCore core;
        private @Nullable ClientCallStreamObserver<OriginMessage> stream;

        Link(String peer, ManagedChannel channel, DistroCore core) {
            this.peer = peer;
            this.channel = channel;
            this.core = core;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<OriginMessage> requestStream) {
            stream = requestStream;
            requestStream.setOnReadyHandler(() -> report(core::flush));
        }

        boolean ready() {
            return stream != null && stream.isReady();
        }

        void send(OriginMessage message) {
            if (stream != null) {
                stream.onNext(message);
            }
        }

        void cancel(String reason) {
            if (stream != null) {
                stream.cancel(reason, null);
            }
        }

        @Override
        public void onNext(OriginReply reply) {
            report(() -> {
                refusals.remove(peer);
                core.replied(peer, reply);
            });
        }

        @Override
        public void onError(Throwable failure) {
            ended(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended(Status.OK);
        }

        private void ended(Status status) {
            report(() -> {
                links.remove(peer);
                switch (status.getCode()) {
                    case PERMISSION_DENIED -> core.linkRefused(peer);
                    case OK, UNAVAILABLE, CANCELLED -> core.linkClosed(peer);
                    default -> {
                        core.linkClosed(peer);
                        tell(status);
                    }
                }
            });
        }

        /** Once, though it is asked again all the time. */
        private void tell(Status status) {
            if (!status.toString().equals(refusals.put(peer, status.toString()))) {
                log.warn("link refused peer={} cause={}", peer, status);
            }
        }

        /** Replies are one per message sent, so what waits here is bounded by what the stream took. */
        private void report(Runnable event) {
            try {
                loop.executeOrWait(() -> {
                    if (links.get(peer) == this) {
                        event.run();
                    }
                });
            } catch (RegistryException ended) {
                log.debug("link event after the end peer={}", peer);
            }
        }
    }
}
