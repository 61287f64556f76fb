package io.gemel.consistency.distro;

import io.gemel.consistency.wire.DistroGrpc;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in peers' origins from gRPC. Each message is handled in the naming loop before the next is asked for. */
final class DistroEndpoint extends DistroGrpc.DistroImplBase {
    private static final Logger log = LoggerFactory.getLogger(DistroEndpoint.class);
    private static final int IN_FLIGHT_MAX = 4;

    private final DistroCore core;
    private final Loop loop;
    private final Map<String, Inbound> current = new HashMap<>();

    DistroEndpoint(DistroCore core, Loop loop) {
        this.core = core;
        this.loop = loop;
    }

    @Override
    public StreamObserver<OriginMessage> replicate(StreamObserver<OriginReply> replies) {
        ServerCallStreamObserver<OriginReply> stream = (ServerCallStreamObserver<OriginReply>) replies;
        stream.disableAutoRequest();
        stream.request(IN_FLIGHT_MAX);
        return new Inbound(stream);
    }

    /** One peer's stream. Its state is the naming loop's. */
    private final class Inbound implements StreamObserver<OriginMessage> {
        private final ServerCallStreamObserver<OriginReply> stream;
        private String peer = "";
        private boolean ended;

        Inbound(ServerCallStreamObserver<OriginReply> stream) {
            this.stream = stream;
            stream.setOnCancelHandler(() -> report(this::end));
        }

        @Override
        public void onNext(OriginMessage message) {
            report(() -> {
                if (!ended) {
                    handle(message);
                }
            });
        }

        private void handle(OriginMessage message) {
            try {
                reply(message).ifPresent(stream::onNext);
                stream.request(1);
            } catch (RegistryException refusal) {
                refuse(refusal);
            }
        }

        private void refuse(RegistryException refusal) {
            if (!ended) {
                Status status = refusal.code() == RegistryException.Code.MEMBERSHIP_REFUSED
                        ? Status.PERMISSION_DENIED
                        : Status.FAILED_PRECONDITION;
                stream.onError(status.withDescription(
                                refusal.getMessage() + "; " + refusal.code().whatToDo())
                        .asRuntimeException());
            }
            end();
        }

        private Optional<OriginReply> reply(OriginMessage message) {
            if (!peer.isEmpty()) {
                return core.received(peer, message);
            }
            if (!message.hasHello()) {
                throw OriginEntries.unreadable("first " + message.getMessageCase() + " (expected: HELLO)");
            }
            OriginReply welcome = core.greeted(message.getHello());
            peer = message.getHello().getNode();
            Inbound older = current.put(peer, this);
            if (older != null) {
                older.refuse(new RegistryException(
                        RegistryException.Code.SESSION_MOVED, "a newer link of " + peer + " took over"));
            }
            return Optional.of(welcome);
        }

        @Override
        public void onError(Throwable failure) {
            report(this::end);
        }

        @Override
        public void onCompleted() {
            report(() -> {
                if (!ended) {
                    stream.onCompleted();
                }
                end();
            });
        }

        private void end() {
            ended = true;
            current.remove(peer, this);
        }

        private void report(Runnable event) {
            try {
                loop.executeOrWait(event);
            } catch (RegistryException over) {
                log.debug("peer's message after the end of the loop");
            }
        }
    }
}
