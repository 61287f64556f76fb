package io.gemel.transport.grpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateEvent;
import io.grpc.netty.shaded.io.netty.handler.timeout.IdleStateHandler;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds clients that are frozen or unplugged: one that was silent for a part of the time is sent an HTTP/2 PING (RFC 9113, section 6.7), and its
 * connection is closed if nothing at all comes in until the time is over.
 *
 * <p>gRPC's own keepalive does the same, but silently takes a server's time below ten seconds for ten. Its builder has no other place
 * for this than the negotiation with which a connection begins; here that is none, as for all our plain text.
 */
final class KeepAlive implements InternalProtocolNegotiator.ProtocolNegotiator {
    static final int PARTS = 4;

    private static final Logger log = LoggerFactory.getLogger(KeepAlive.class);

    /** With the payload of gRPC's own keepalive, whose answer it knows and does not warn of. */
    private static final ByteBuf PING = Unpooled.unreleasableBuffer(
            Unpooled.wrappedBuffer(HexFormat.of().parseHex("000008060000000000" + "000000000000dead")));

    private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
            InternalProtocolNegotiators.serverPlaintext();
    private final Duration silence;

    /**
     * For the connections of one server.
     *
     * @param silence after this much of it a client is given up
     */
    KeepAlive(Duration silence) {
        this.silence = silence;
    }

    @Override
    public AsciiString scheme() {
        return plaintext.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        ChannelHandler negotiation = plaintext.newHandler(grpc);
        return new ChannelHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext context) {
                context.pipeline().addFirst(new Asking());
                context.pipeline()
                        .addFirst(new IdleStateHandler(
                                DoorServer.asksAfter(silence).toNanos(), 0, 0, TimeUnit.NANOSECONDS));
                context.pipeline().replace(this, null, negotiation);
            }
        };
    }

    @Override
    public void close() {
        plaintext.close();
    }

    /** Stands below HTTP/2 and writes between its frames: those are written whole, and this runs before or after. */
    private final class Asking extends ChannelInboundHandlerAdapter {
        private int silentParts;

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (!(event instanceof IdleStateEvent idle)) {
                context.fireUserEventTriggered(event);
                return;
            }
            silentParts = idle.isFirst() ? 1 : silentParts + 1;
            if (silentParts == 1) {
                var unused = context.writeAndFlush(PING.duplicate());
            } else if (silentParts == PARTS) {
                log.debug("silent client={} for={}", context.channel().remoteAddress(), silence);
                var unused = context.close();
            }
        }
    }
}
