package io.gemel.it.faults.stage;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection that one host made to another, through a relay. Confined to the relays' thread. */
final class RelayedConnection {
    private final SocketChannel near;
    private final InetSocketAddress target;
    private final Selector selector;
    private final Flow up;
    private final Flow down;
    private @Nullable SocketChannel far;
    private boolean refused;
    private boolean closed;

    /**
     * A connection that was accepted.
     *
     * @param dial who connected to whom
     * @param near to who connected
     * @param target where the other listens
     */
    RelayedConnection(Link dial, SocketChannel near, InetSocketAddress target, Selector selector, Pace pace)
            throws IOException {
        this.near = near;
        this.target = target;
        this.selector = selector;
        this.up = new Flow(dial, pace);
        this.down = new Flow(new Link(dial.to(), dial.from()), pace);
        prepare(near);
        near.register(selector, 0, this);
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    boolean closed() {
        return closed;
    }

    /** Whether it runs between the two ends of {@code link}. */
    boolean between(Link link) {
        return up.link().equals(link) || down.link().equals(link);
    }

    /** Does all that can be done now. */
    void step(long now) {
        if (!closed) {
            connect();
            if (far != null && far.isConnected()) {
                up.read(near, now);
                down.read(far, now);
                hand(up, far, down, now);
                hand(down, near, up, now);
            }
            settle();
        }
        if (!closed) {
            follow();
        }
    }

    /** When something is to be done though nobody sends; {@link Long#MAX_VALUE} if nothing is. */
    long nextDue() {
        return closed ? Long.MAX_VALUE : Math.min(up.nextDue(), down.nextDue());
    }

    private void connect() {
        if (refused || up.cut()) {
            return;
        }
        try {
            if (far == null) {
                far = SocketChannel.open();
                prepare(far);
                far.register(selector, SelectionKey.OP_CONNECT, this);
                far.connect(target);
            }
            if (!far.isConnected()) {
                far.finishConnect();
            }
        } catch (IOException e) {
            refused = true;
            down.senderGone();
        }
    }

    /** A receiver that is gone is noticed here, and told to the sender as far as the way back allows. */
    private static void hand(Flow flow, SocketChannel to, Flow back, long now) {
        try {
            flow.write(to, now);
        } catch (IOException e) {
            flow.receiverGone();
            back.senderGone();
        }
    }

    private void settle() {
        if (up.resets() || down.resets()) {
            reset();
        } else if (up.done() && down.done()) {
            close();
        }
    }

    private void follow() {
        SocketChannel to = far;
        boolean connected = to != null && to.isConnected();
        interest(near, connected && up.wantsRead(), connected && down.wantsWrite());
        if (to == null || refused) {
            return;
        }
        if (connected) {
            interest(to, down.wantsRead(), up.wantsWrite());
        } else {
            to.keyFor(selector).interestOps(SelectionKey.OP_CONNECT);
        }
    }

    private void interest(SocketChannel channel, boolean read, boolean write) {
        channel.keyFor(selector).interestOps((read ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0));
    }

    /** Ends it at both sides as a firewall does. */
    void reset() {
        try {
            near.setOption(StandardSocketOptions.SO_LINGER, 0);
            if (far != null) {
                far.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // It is gone already.
        }
        close();
    }

    void close() {
        closed = true;
        try {
            near.close();
            if (far != null) {
                far.close();
            }
        } catch (IOException e) {
            // It is gone already.
        }
    }
}
