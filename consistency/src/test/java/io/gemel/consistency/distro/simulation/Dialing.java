package io.gemel.consistency.distro.simulation;

import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An attempt to connect: asks, and asks again when nothing is heard, as TCP does. */
final class Dialing {
    private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    private final Network network;
    private final Timeline timeline;
    private final Host host;
    private final Host target;
    private final Wire.KeepAlive keepAlive;
    private boolean over;

    Dialing(Network network, Host host, Host target, Wire.KeepAlive keepAlive) {
        this.network = network;
        this.timeline = network.timeline();
        this.host = host;
        this.target = target;
        this.keepAlive = keepAlive;
    }

    void dial(Duration timeout, BiConsumer<Wire, Services> connected, Consumer<Status> failed) {
        host.after(timeout.toNanos(), () -> once(() -> failed.accept(Status.UNAVAILABLE.withDescription("timed out"))));
        ask(ASK_AGAIN_NANOS, connected, failed);
    }

    private void once(Runnable outcome) {
        if (!over) {
            over = true;
            outcome.run();
        }
    }

    private void ask(long againAfter, BiConsumer<Wire, Services> connected, Consumer<Status> failed) {
        if (over) {
            return;
        }
        host.after(againAfter, () -> ask(2 * againAfter, connected, failed));
        if (network.isCut(host, target)) {
            return;
        }
        long there = network.delay(host, target, 8);
        long back = network.delay(target, host, 8);
        timeline.at(timeline.now() + there, () -> {
            Optional<Services> services = network.servedBy(target);
            long life = target.life();
            if (!target.powered() || network.isCut(target, host)) {
                return; // nobody hears, or nobody hears the answer
            }
            timeline.at(
                    timeline.now() + back,
                    host,
                    () -> once(() -> services.filter(offered -> target.life() == life)
                            .ifPresentOrElse(
                                    offered -> handshake(offered, connected, failed),
                                    () -> failed.accept(Status.UNAVAILABLE.withDescription("connection refused")))));
        });
    }

    /** The channel is ready once the server's process, and not only its kernel, has answered. */
    private void handshake(Services offered, BiConsumer<Wire, Services> connected, Consumer<Status> failed) {
        Wire wire = new Wire(network, host, target);
        network.opened(wire);
        Wire.Rider waiting = failed::accept;
        wire.dialer().add(waiting);
        wire.dialer().keepAlive(keepAlive);
        timeline.at(timeline.now(), target, () -> {
            wire.listener().keepAlive(offered.keepAlive());
            wire.listener().send(() -> {
                wire.dialer().remove(waiting);
                connected.accept(wire, offered);
            });
        });
    }
}
