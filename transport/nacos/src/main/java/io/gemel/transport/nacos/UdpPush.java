package io.gemel.transport.nacos;

import com.google.protobuf.ByteString;
import io.gemel.naming.Naming;
import io.gemel.naming.PushSink;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Ticker;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes of views to clients of Nacos 1.x, as datagrams to the port that they name when they ask for a list.
 *
 * <p>A datagram goes to the address the request came from and to no other, or anybody could make a server shoot at a third party. A watch lives
 * while its client keeps asking. What does not fit into a datagram, and what is lost twice, the client finds out when it asks next. Whoever
 * watches the same view with the same selection gets the same bytes. What changes is confined to one event loop, but for the set of watches.
 */
final class UdpPush implements AutoCloseable {
    /** How long a watch lives after the client asked last; clients ask every ten seconds. */
    static final Duration KEPT = Duration.ofSeconds(30);

    /** How long a client has for its acknowledgement at least; which are late is looked at every five seconds. */
    static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(UdpPush.class);
    private static final int SWEEP_SECONDS = 5;
    private static final int WATCHES_MAX = 50_000;

    /** Those that understand datagrams. */
    private static final Pattern AGENTS =
            Pattern.compile("(Nacos-(Java|Go|C|CSharp)-Client|Nacos-DNS|vip-client4cpp)\\b.*");

    private final Naming naming;
    private final EventLoop loop;
    private final Ticker ticker;
    private final RefTime times;
    private final Map<Watch, Watching> watches = new ConcurrentHashMap<>();
    private final Channel channel;
    private final Future<?> sweeping;
    private volatile boolean closed;

    /** What is not acknowledged yet, in the order in which it was sent; of each watch one packet at most. The loop's. */
    private final Map<Sent, Awaited> awaited = new LinkedHashMap<>();

    private @Nullable Packet newest; // the loop's
    private long pushes; // the loop's
    private final LongAdder sent = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();

    /** Who wants to be told of what. */
    record Watch(ServiceId service, Selection selection, InetSocketAddress client) {}

    /** What a client is called in lists. */
    record Subscriber(Watch watch, String agent, String app) {}

    /** Bytes that all get who watch {@code view} with {@code selection}; none if they are too many for a datagram. */
    private record Packet(ServiceView view, Selection selection, long id, ByteString bytes) {}

    /** What an acknowledgement tells: which packet it is of, and by where it comes from whose. */
    private record Sent(long id, InetSocketAddress client) {}

    /** A packet on its way, for the first time or {@code again}. */
    private record Awaited(Watching watching, Packet packet, long sentNanos, boolean again) {}

    /** Throws {@link CompletionException} with the reason if there can be no datagrams from {@code host}. */
    UdpPush(Naming naming, EventLoop loop, String host, Ticker ticker, RefTime times) {
        this.naming = naming;
        this.loop = loop;
        this.ticker = ticker;
        this.times = times;
        this.pushes = ticker.nanos();
        ChannelFuture bound = new Bootstrap()
                .group(loop)
                .channel(NioDatagramChannel.class)
                .handler(new Acknowledgements())
                .bind(host, 0)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new CompletionException(bound.cause());
        }
        this.channel = bound.channel();
        this.sweeping = loop.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** Begins or goes on to tell {@code client} of {@code service}, if it is one that listens. */
    void subscribe(ServiceId service, Selection selection, InetSocketAddress client, String agent, String app) {
        if (!AGENTS.matcher(agent).matches()) {
            return;
        }
        Watch watch = new Watch(service, selection, client);
        long now = ticker.nanos();
        // In one step, as the sweep removes in one: a watch that is over in this moment is kept, or begun anew.
        Watching known = watches.computeIfPresent(watch, (same, kept) -> kept.asked(now));
        if (known == null && watches.size() < WATCHES_MAX) {
            Watching fresh = new Watching(watch, new Subscriber(watch, agent, app), now);
            if (watches.putIfAbsent(watch, fresh) == null) {
                begin(service, fresh);
            }
        }
    }

    /**
     * One that is refused is forgotten: the client has its list all the same, asks again soon, and is no subscriber until then. So is one that
     * comes while all are ended.
     */
    private void begin(ServiceId service, Watching fresh) {
        try {
            naming.watch(service, fresh);
        } catch (RegistryException refusal) {
            log.debug("nobody is told of changes service={} cause={}", service, refusal.getMessage());
            watches.remove(fresh.watch, fresh);
        }
        if (closed) {
            watches.remove(fresh.watch, fresh);
            unwatch(fresh);
        }
    }

    /** Who watches now. Any thread. */
    List<Subscriber> subscribers() {
        return watches.values().stream().map(watching -> watching.subscriber).toList();
    }

    /** How many datagrams went out. */
    long sent() {
        return sent.sum();
    }

    /** How many of them their clients acknowledged. */
    long acknowledged() {
        return acknowledged.sum();
    }

    @Override
    public void close() {
        closed = true;
        watches.values().forEach(this::unwatch);
        watches.clear();
        sweeping.cancel(false);
        var unused = channel.close();
    }

    /** Ends what a watch is told; by a push loop that has ended nobody is told anything. */
    private void unwatch(Watching watching) {
        try {
            naming.unwatchAll(watching);
        } catch (RegistryException refusal) {
            if (refusal.code() != RegistryException.Code.SHUTTING_DOWN) {
                throw refusal;
            }
        }
    }

    /** Ends the watches of clients that ask no more, and sends again what they have not acknowledged. Within the loop. */
    void sweep() {
        long now = ticker.nanos();
        for (Watching watching : watches.values()) {
            if (watching.isOver(now)
                    && watches.computeIfPresent(watching.watch, (same, kept) -> kept.isOver(now) ? null : kept)
                            == null) {
                unwatch(watching);
                forget(watching);
            }
        }
        late(now).forEach(late -> {
            forget(late.watching);
            if (!late.again) {
                send(late.watching, late.packet, true);
            }
        });
    }

    private List<Awaited> late(long now) {
        return awaited.values().stream()
                .takeWhile(packet -> now - packet.sentNanos >= ACKNOWLEDGED_WITHIN.toNanos())
                .toList();
    }

    /** How many packets wait for their acknowledgements. Within the loop. */
    int awaited() {
        return awaited.size();
    }

    private void push(Watching watching, ServiceView view) {
        if (watches.get(watching.watch) != watching) {
            return; // over since the view set out
        }
        forget(watching);
        Packet packet = packet(view, watching.watch.selection());
        if (packet.bytes.isEmpty()) {
            log.debug("too large for a datagram service={}", view.service());
            return;
        }
        send(watching, packet, false);
    }

    private void send(Watching watching, Packet packet, boolean again) {
        sent.increment();
        Sent key = new Sent(packet.id, watching.watch.client());
        watching.awaited = key;
        awaited.put(key, new Awaited(watching, packet, ticker.nanos(), again));
        var unused = channel.writeAndFlush(new DatagramPacket(
                Unpooled.wrappedBuffer(packet.bytes.asReadOnlyByteBuffer()), watching.watch.client()));
    }

    /** Waits for no acknowledgement any more. */
    private void forget(Watching watching) {
        if (watching.awaited != null) {
            awaited.remove(watching.awaited);
            watching.awaited = null;
        }
    }

    private Packet packet(ServiceView view, Selection selection) {
        Packet last = newest;
        if (last != null && last.view == view && last.selection.equals(selection)) {
            return last;
        }
        long id = ++pushes;
        ByteString list = view.as(ViewJson.FORMAT).serviceInfo(selection, true, times.next());
        Packet packet = new Packet(view, selection, id, Datagram.of(id, list).orElse(ByteString.EMPTY));
        newest = packet;
        return packet;
    }

    /** One watch and what it waits for. */
    private final class Watching implements PushSink {
        private final Watch watch;
        private final Subscriber subscriber;
        private volatile long askedNanos;
        private @Nullable Sent awaited; // the loop's

        /** The newest view that is on its way to the loop: a storm of changes costs one task. */
        private final AtomicReference<@Nullable ServiceView> next = new AtomicReference<>();

        Watching(Watch watch, Subscriber subscriber, long askedNanos) {
            this.watch = watch;
            this.subscriber = subscriber;
            this.askedNanos = askedNanos;
        }

        /** The client has asked again. */
        Watching asked(long nanos) {
            askedNanos = nanos;
            return this;
        }

        /** Whether its client asks no more. */
        boolean isOver(long nanos) {
            return nanos - askedNanos > KEPT.toNanos();
        }

        @Override
        public void offer(ServiceView view) {
            if (next.getAndSet(view) == null) {
                try {
                    loop.execute(this::pushNext);
                } catch (RejectedExecutionException ended) {
                    log.debug("nobody is pushed to any more service={}", view.service());
                }
            }
        }

        private void pushNext() {
            ServiceView due = next.getAndSet(null);
            if (due != null) {
                push(this, due);
            }
        }
    }

    /** Reads what clients say to datagrams; of anything else nothing comes. */
    private final class Acknowledgements extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            OptionalLong id = id(packet.content().toString(StandardCharsets.UTF_8));
            Awaited one = id.isEmpty() ? null : awaited.get(new Sent(id.getAsLong(), packet.sender()));
            if (one != null) {
                forget(one.watching);
                acknowledged.increment();
            }
        }

        private OptionalLong id(String text) {
            try {
                JsonObject ack = JsonObject.parse(text);
                return ack.text("type").orElse("").equals("push-ack")
                        ? OptionalLong.of(Long.parseLong(ack.text("lastRefTime").orElse("")))
                        : OptionalLong.empty();
            } catch (RegistryException | NumberFormatException e) {
                return OptionalLong.empty();
            }
        }
    }
}
