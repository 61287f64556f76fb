package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.Network;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;

/** Does something to the network again and again while it is in force. */
final class Repeated implements Exclusive {
    private final String claim;
    private final String target;
    private final Duration interval;
    private final ObjIntConsumer<Network> step;
    private Optional<ScheduledExecutorService> beat = Optional.empty();

    private Repeated(String claim, String target, Duration interval, ObjIntConsumer<Network> step) {
        this.claim = claim;
        this.target = target;
        this.interval = interval;
        this.step = step;
    }

    /** An aim of cutting these links and restoring them, in turn. */
    static Aim flapping(Set<Link> links, Duration interval) {
        String target = Cuts.words(links);
        return new Aim(
                target,
                new Repeated(
                        LinkFault.CUTS,
                        target + " every " + interval.toMillis() + " ms",
                        interval,
                        (network, turn) -> network.cut(turn % 2 == 0 ? links : Set.of())));
    }

    /** An aim of resetting the connections on these links, over and over. */
    static Aim resets(Set<Link> links, Duration interval) {
        String target = Cuts.words(links);
        return new Aim(
                target,
                new Repeated(
                        "resets",
                        target + " every " + interval.toMillis() + " ms",
                        interval,
                        (network, turn) -> network.reset(links)));
    }

    @Override
    public String claim() {
        return claim;
    }

    @Override
    public String inject(Stage stage) {
        step.accept(stage.network(), 0); // here, so that what cannot be done is said to who asked
        AtomicInteger turn = new AtomicInteger(1);
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        beat = Optional.of(executor);
        var unused = executor.scheduleAtFixedRate(
                () -> step.accept(stage.network(), turn.getAndIncrement()),
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
        return target;
    }

    @Override
    public void heal(Stage stage) {
        beat.ifPresent(executor -> {
            executor.shutdownNow();
            boolean unused = Patience.until(Duration.ofSeconds(10), executor::isTerminated);
        });
        if (claim.equals(LinkFault.CUTS)) {
            stage.network().cut(Set.of());
        }
    }
}
