package io.gemel.it.faults.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays connections between hosts, each direction as well as its link is. One thread does all of it, so that a change meets all
 * links at one moment. Thread-safe.
 */
final class Relays implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Relays.class);
    private static final long MILLI = 1_000_000;

    private final Selector selector;
    private final Thread thread = new Thread(this::run, "relays");
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Pace pace = new Pace();
    private final List<RelayedConnection> connections = new ArrayList<>();
    private volatile boolean closing;

    Relays() throws IOException {
        selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    /** A door of a host as another one sees it. */
    private record Door(Link dial, InetSocketAddress target) {}

    /** Relays what connects to {@code at}, as {@code dial} says, to {@code target}. */
    void listen(Link dial, InetSocketAddress at, InetSocketAddress target) {
        within(() -> {
            try {
                ServerSocketChannel server = ServerSocketChannel.open();
                server.configureBlocking(false);
                try {
                    server.bind(at);
                } catch (IOException e) {
                    server.close();
                    throw new IllegalStateException(
                            "cannot listen at %s (%s); relays need all addresses of 127.0.0.0/8, as Linux has them"
                                    .formatted(at, e.getMessage()),
                            e);
                }
                server.register(selector, SelectionKey.OP_ACCEPT, new Door(dial, target));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Changes what is wrong with the links; in force when this returns. */
    void change(UnaryOperator<LinkFaults> change) {
        within(() -> pace.follow(change.apply(pace.faults())));
    }

    /** Resets the connections between the ends of these links. */
    void reset(Set<Link> links) {
        within(() -> connections.stream()
                .filter(connection -> links.stream().anyMatch(connection::between))
                .forEach(RelayedConnection::reset));
    }

    /** Runs {@code task} on the relays' thread and waits; throws what it throws. */
    private void within(Runnable task) {
        CompletableFuture<Void> end = CompletableFuture.runAsync(task, whenRun -> {
            tasks.add(whenRun);
            selector.wakeup();
        });
        try {
            end.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    private void run() {
        try {
            long next = Long.MAX_VALUE;
            while (!closing) {
                select(next);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                acceptAll();
                long now = System.nanoTime();
                next = Long.MAX_VALUE;
                for (RelayedConnection connection : connections) {
                    connection.step(now);
                    next = Math.min(next, connection.nextDue());
                }
                connections.removeIf(RelayedConnection::closed);
            }
        } catch (IOException | ClosedSelectorException e) {
            log.error("the relays end", e);
        }
    }

    private void select(long next) throws IOException {
        if (next == Long.MAX_VALUE) {
            selector.select();
        } else {
            long millis = (next - System.nanoTime() + MILLI - 1) / MILLI;
            if (millis > 0) {
                selector.select(millis);
            } else {
                selector.selectNow();
            }
        }
    }

    private void acceptAll() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid() && key.attachment() instanceof Door door) {
                SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
                if (accepted != null) {
                    connections.add(new RelayedConnection(door.dial(), accepted, door.target(), selector, pace));
                }
            }
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
