package io.gemel.consistency.health;

import io.gemel.naming.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds conversations over plain connections, any number of them in one thread. Confined to the loop of the checks.
 *
 * <p>Connections never block, and are looked at whenever {@link #poll} is called: to answer a little late is no harm to a
 * check, and costs no thread.
 */
final class SocketProber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketProber.class);
    private static final int ANSWER_BYTES_MAX = 512;

    private final Ticker ticker;
    private final Selector selector;

    SocketProber(Ticker ticker) {
        this.ticker = ticker;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new IllegalStateException("health checks cannot be made: " + e.getMessage(), e);
        }
    }

    /** A conversation under way. */
    private final class Exchange {
        private final SocketConversation conversation;
        private final long startNanos;
        private final Duration timeout;
        private final Consumer<Probed> done;
        private final ByteBuffer outgoing;
        private final ByteBuffer arrived = ByteBuffer.allocate(ANSWER_BYTES_MAX);

        Exchange(SocketConversation conversation, Duration timeout, Consumer<Probed> done) {
            this.conversation = conversation;
            this.timeout = timeout;
            this.done = done;
            this.startNanos = ticker.nanos();
            this.outgoing = ByteBuffer.wrap(conversation.greeting());
        }

        boolean late() {
            return ticker.nanos() - startNanos >= timeout.toNanos();
        }

        /** Goes on as far as it can without waiting; the judgement, once there is one. */
        Optional<String> advance(SelectionKey key, SocketChannel channel) throws IOException {
            if (key.isConnectable()) {
                boolean unused = channel.finishConnect();
            }
            while (outgoing.hasRemaining() && channel.write(outgoing) > 0) {
                // as much as fits
            }
            key.interestOps(SelectionKey.OP_READ | (outgoing.hasRemaining() ? SelectionKey.OP_WRITE : 0));
            Optional<String> judgement = judge();
            if (judgement.isPresent() || !key.isReadable()) {
                return judgement;
            }
            int read = channel.read(arrived);
            judgement = judge();
            boolean over = read < 0 || !arrived.hasRemaining();
            return over && judgement.isEmpty() ? Optional.of("the connection was closed without an answer") : judgement;
        }

        private Optional<String> judge() {
            return conversation.judge(arrived.duplicate().flip());
        }
    }

    /** Begins a conversation; {@code done} is told by {@link #poll}, or at once if it cannot begin. */
    void start(InetSocketAddress address, SocketConversation conversation, Duration timeout, Consumer<Probed> done) {
        SocketChannel channel;
        try {
            channel = SocketChannel.open();
        } catch (IOException e) {
            done.accept(Probed.unknown(cause(e))); // no file descriptor is left, for one
            return;
        }
        try {
            channel.configureBlocking(false);
            SelectionKey key =
                    channel.register(selector, SelectionKey.OP_CONNECT, new Exchange(conversation, timeout, done));
            if (channel.connect(address)) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        } catch (IOException e) {
            close(channel);
            done.accept(Probed.failed(e, cause(e)));
        } catch (UnsupportedAddressTypeException e) {
            close(channel);
            done.accept(Probed.unknown("this server has no IPv6"));
        }
    }

    /** Goes on with all conversations. */
    void poll() {
        if (selector.keys().isEmpty()) {
            return;
        }
        try {
            int unused = selector.selectNow();
        } catch (IOException e) {
            throw new IllegalStateException("health checks cannot be made: " + e.getMessage(), e);
        }
        List<SelectionKey> ready = List.copyOf(selector.selectedKeys());
        selector.selectedKeys().clear();
        ready.forEach(this::advance);
        List.copyOf(selector.keys()).stream()
                .filter(key -> key.isValid() && ((Exchange) key.attachment()).late())
                .forEach(key -> {
                    long millis = ((Exchange) key.attachment()).timeout.toMillis();
                    finish(key, Probed.unhealthy("no answer within " + millis + " ms"));
                });
    }

    private void advance(SelectionKey key) {
        Exchange exchange = (Exchange) key.attachment();
        try {
            exchange.advance(key, (SocketChannel) key.channel())
                    .ifPresent(why -> finish(key, why.isEmpty() ? Probed.HEALTHY : Probed.unhealthy(why)));
        } catch (IOException e) {
            finish(key, Probed.failed(e, cause(e)));
        }
    }

    private static void finish(SelectionKey key, Probed probed) {
        key.cancel();
        close((SocketChannel) key.channel());
        ((Exchange) key.attachment()).done.accept(probed);
    }

    private static String cause(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.isEmpty() ? failure.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("connection of a check not closed", e);
        }
    }

    @Override
    public void close() {
        selector.keys().forEach(key -> close((SocketChannel) key.channel()));
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("selector not closed", e);
        }
    }
}
