package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.Network;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Does something to the network again and again while it is in force. */
final class Repeated implements Exclusive {
    private final String claim;
    private final Function<Stage, Met> choice;
    private final Duration interval;
    private final Step step;
    private Optional<ScheduledExecutorService> beat = Optional.empty();

    private Repeated(String claim, Function<Stage, Met> choice, Duration interval, Step step) {
        this.claim = claim;
        this.choice = choice;
        this.interval = interval;
        this.step = step;
    }

    /**
     * What it is done to.
     *
     * @param words whom checks excuse for it
     */
    private record Met(String words, Set<Link> links) {}

    /** What is done to links each time. */
    @FunctionalInterface
    private interface Step {
        void take(Network network, Set<Link> links, int turn);
    }

    /** An aim of cutting these links and restoring them, in turn. */
    static Aim flapping(Set<Link> links, Duration interval) {
        return new Aim(
                Cuts.words(links),
                new Repeated(
                        LinkFault.CUTS,
                        among(links),
                        interval,
                        (network, met, turn) -> network.cut(turn % 2 == 0 ? met : Set.of())));
    }

    /** An aim of resetting the connections on these links, over and over. */
    static Aim resets(Set<Link> links, Duration interval) {
        return new Aim(
                Cuts.words(links),
                new Repeated("resets", among(links), interval, (network, met, turn) -> network.reset(met)));
    }

    /** An aim of resetting the connections of a client process to all servers, over and over. */
    static Aim clientResets(int lot, Duration interval) {
        return new Aim(
                "client",
                new Repeated(
                        "client resets",
                        stage -> {
                            String client = CutOffClient.pick(stage, lot);
                            return new Met(client, Cuts.oneWay(Cuts.everyone(stage), List.of(client)));
                        },
                        interval,
                        (network, met, turn) -> network.reset(met)));
    }

    private static Function<Stage, Met> among(Set<Link> links) {
        return stage -> {
            Set<Link> all = Cuts.withGuests(links, stage);
            return new Met(Cuts.words(all), all);
        };
    }

    @Override
    public String claim() {
        return claim;
    }

    @Override
    public String inject(Stage stage) {
        Met met = choice.apply(stage);
        step.take(stage.network(), met.links(), 0); // here, so that what cannot be done is said to who asked
        AtomicInteger turn = new AtomicInteger(1);
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        beat = Optional.of(executor);
        var unused = executor.scheduleAtFixedRate(
                () -> step.take(stage.network(), met.links(), turn.getAndIncrement()),
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
        return met.words() + " every " + interval.toMillis() + " ms";
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
