package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.DistroGrpc;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.naming.Loop;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One gRPC stream to each peer, opened again when it breaks. Its state is the naming loop's. */
final class GrpcLinks implements PeerLinks, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GrpcLinks.class);
    private static final Duration RELINK_PERIOD = Duration.ofMillis(250);

    private final Members members;
    private final Function<String, ManagedChannel> channels;
    private final Loop loop;
    private final Map<String, Link> links = new HashMap<>();
    private @Nullable DistroCore core;
    private boolean closed;

    GrpcLinks(Members members, Function<String, ManagedChannel> channels, Loop loop) {
        this.members = members;
        this.channels = channels;
        this.loop = loop;
    }

    void start(DistroCore origin) {
        loop.execute(() -> {
            core = origin;
            linkMissing();
        });
        loop.every(RELINK_PERIOD, this::linkMissing);
    }

    private void linkMissing() {
        List<Member> peers = members.present() ? members.peers() : List.of();
        for (Member peer : peers) {
            if (!closed && core != null && !links.containsKey(peer.id())) {
                Link link = new Link(peer.id(), core);
                links.put(peer.id(), link);
                DistroGrpc.newStub(awake(channels.apply(peer.id()))).replicate(link);
                link.send(core.hello());
            }
        }
        Map.copyOf(links).forEach((id, link) -> {
            if (peers.stream().noneMatch(peer -> peer.id().equals(id))) {
                unlink(id, link);
            }
        });
    }

    private void unlink(String id, Link link) {
        links.remove(id);
        link.cancel("no member any more");
        if (core != null) {
            core.linkClosed(id);
        }
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
        private final DistroCore core;
        private @Nullable ClientCallStreamObserver<OriginMessage> stream;

        Link(String peer, DistroCore core) {
            this.peer = peer;
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
            report(() -> core.replied(peer, reply));
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            if (status.getCode() != Status.Code.UNAVAILABLE && status.getCode() != Status.Code.CANCELLED) {
                log.warn("link refused peer={} cause={}", peer, status);
            }
            ended();
        }

        @Override
        public void onCompleted() {
            ended();
        }

        private void ended() {
            report(() -> {
                if (links.remove(peer, this)) {
                    core.linkClosed(peer);
                }
            });
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
