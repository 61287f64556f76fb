package io.gemel.consistency.distro;

import io.gemel.consistency.cluster.Member;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publications;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** One server of a {@link SimulatedCluster}: the real core, domain and sessions over a simulated network. */
final class SimulatedNode implements PeerLinks, ConsistencyService {
    private final SimulatedCluster cluster;
    private final Members members;
    private final Map<String, Link> links = new HashMap<>();
    private ManualLoop loop;
    private long incarnation;
    boolean up;
    ServiceIndex index;
    Publications publications;
    Sessions sessions;
    OwnOrigin own;
    DistroCore core;

    /** A link in one direction. Once broken, nothing arrives any more, in either direction. */
    private final class Link {
        final SimulatedNode to;
        final SimulatedNode from = SimulatedNode.this;
        final long incarnationAtBoth = incarnation;
        boolean open = true;
        boolean greeted;
        long lastArrivalMillis;

        Link(SimulatedNode to) {
            this.to = to;
        }

        /** Messages of one direction arrive in order, each after a random delay. */
        void deliver(Runnable task) {
            lastArrivalMillis = Math.max(lastArrivalMillis, cluster.nowMillis() + cluster.delayMillis());
            cluster.after(lastArrivalMillis - cluster.nowMillis(), () -> {
                if (open && from.up && to.up && incarnation == incarnationAtBoth) {
                    task.run();
                }
            });
        }

        void message(OriginMessage message) {
            deliver(() -> to.loop.execute(() -> {
                if (!open) {
                    return;
                }
                try {
                    if (greeted) {
                        to.core.received(id(), message).ifPresent(this::reply);
                    } else {
                        reply(to.core.greeted(message.getHello()));
                        greeted = true;
                    }
                } catch (RegistryException refused) {
                    from.breakLink(to.id());
                }
            }));
        }

        void reply(OriginReply reply) {
            deliver(() -> from.loop.execute(() -> {
                if (open) {
                    from.core.replied(to.id(), reply);
                }
            }));
        }
    }

    @SuppressWarnings("NullAway.Init") // the rest is set by start, as often as the node is started
    SimulatedNode(SimulatedCluster cluster, Members members) {
        this.cluster = cluster;
        this.members = members;
        this.loop = new ManualLoop(cluster.ticker);
    }

    String id() {
        return members.self().id();
    }

    /** Starts with nothing in memory and a higher incarnation, as a process does. */
    void start() {
        incarnation++;
        up = true;
        loop = new ManualLoop(cluster.ticker);
        index = new ServiceIndex(loop, views -> {});
        LamportClock clock = new LamportClock();
        publications = new Publications(loop, index, clock);
        OriginLog log = new OriginLog(cluster.config.removalsMax());
        own = new OwnOrigin(new OriginId(id(), incarnation), log, index, publications, clock, cluster.ticker);
        core = new DistroCore("sim", members, cluster.config, cluster.ticker, publications, own, this);
        sessions = new Sessions(
                loop,
                cluster.ticker,
                new Random(cluster.random.nextLong()),
                new Sessions.Config(Duration.ofSeconds(2), 1_000),
                clock,
                publications,
                this);
        loop.every(cluster.config.beatInterval(), core::beat);
        loop.every(Duration.ofMillis(100), () -> {
            core.tick();
            core.flush();
        });
        loop.every(Duration.ofMillis(250), this::linkMissing);
        loop.execute(this::linkMissing);
    }

    /** Loses everything at once, as kill -9 does. */
    void crash() {
        up = false;
        List.copyOf(links.keySet()).forEach(this::breakLink);
        cluster.nodes.forEach(other -> other.breakLink(id()));
    }

    boolean warm() {
        return up && core.awaited().isEmpty();
    }

    void runLoop() {
        if (up) {
            loop.runAll();
        }
    }

    void execute(Runnable task) {
        loop.execute(task);
    }

    private void linkMissing() {
        for (Member peer : members.peers()) {
            SimulatedNode to = cluster.node(peer.id()).orElseThrow();
            if (!links.containsKey(peer.id()) && to.up && cluster.connected(id(), peer.id())) {
                Link link = new Link(to);
                links.put(peer.id(), link);
                link.message(core.hello());
            }
        }
    }

    void breakLink(String peer) {
        Link link = links.remove(peer);
        if (link != null) {
            link.open = false;
            if (up) {
                loop.execute(() -> core.linkClosed(peer));
            }
        }
    }

    @Override
    public boolean ready(String peer) {
        return links.containsKey(peer);
    }

    @Override
    public void send(String peer, OriginMessage message) {
        Link link = links.get(peer);
        if (link != null) {
            link.message(message);
        }
    }

    @Override
    public CompletableFuture<Written> write(Change change) {
        try {
            own.apply(change);
            loop.afterTurn(core::flush);
            return CompletableFuture.completedFuture(new Written(own.log().sequence()));
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    @Override
    public CompletableFuture<Void> readable(ReadLevel level) {
        return CompletableFuture.completedFuture(null);
    }
}
