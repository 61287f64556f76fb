package io.gemel.client.internal;

import io.gemel.naming.InstanceKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP connection that is being made, without a thread that waits for it. */
final class TcpDialing implements Dialing {
    /** Others are looked up, which blocks; what has a colon never is. */
    private static final Pattern LITERAL =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}|.*:.*");

    private static final Logger log = LoggerFactory.getLogger(TcpDialing.class);

    private final SocketChannel channel;
    private boolean refused;

    private TcpDialing(SocketChannel channel) {
        this.channel = channel;
    }

    /** Whether an instance can be called without a look-up of its address. */
    static boolean canReach(InstanceKey key) {
        return LITERAL.matcher(key.ip()).matches();
    }

    /** Where connections come from. */
    interface Opener {
        SocketChannel open() throws IOException;
    }

    /** Begins to connect to the instance at {@code key}, whose address is a literal one. Throws if that says nothing of the instance. */
    static Dialing to(InstanceKey key) throws IOException {
        return to(key, SocketChannel::open);
    }

    /** As {@link #to(InstanceKey)}, by a channel of {@code opener}. */
    static Dialing to(InstanceKey key, Opener opener) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(key.ip()), key.port());
        TcpDialing dialing = new TcpDialing(opener.open());
        try {
            dialing.channel.configureBlocking(false);
            var unused = dialing.channel.connect(address);
        } catch (IOException e) {
            dialing.refused = true;
        } catch (UnsupportedAddressTypeException | UnresolvedAddressException e) {
            dialing.close();
            // Such as an IPv6 address where Java prefers the IPv4 stack.
            throw new IOException(
                    "no connections to addresses like " + key.ip() + " here, which says nothing of it", e);
        }
        return dialing;
    }

    @Override
    public Optional<Boolean> outcome() {
        try {
            return refused ? Optional.of(false) : channel.finishConnect() ? Optional.of(true) : Optional.empty();
        } catch (IOException e) {
            return Optional.of(false);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("a probe's connection was not closed", e);
        }
    }
}
