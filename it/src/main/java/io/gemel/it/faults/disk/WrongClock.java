package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.time.Duration;
import java.util.List;

/**
 * The wall clock of servers jumps, or runs at another rate.
 *
 * <p>With {@code asleep} set the server is stopped meanwhile and wakes up in another time, all its timers due at once, as a
 * virtual machine that was saved and resumed.
 */
final class WrongClock implements Exclusive {
    /** The library looks for news once a second. */
    private static final Duration SEEN = Duration.ofMillis(1_500);

    private final Victims victims;
    private final int seconds;
    private final double rate;
    private final boolean asleep;
    private List<ServerNode> met = List.of();

    WrongClock(Victims victims, int seconds, double rate, boolean asleep) {
        this.victims = victims;
        this.seconds = seconds;
        this.rate = rate;
        this.asleep = asleep;
    }

    @Override
    public String claim() {
        return "clocks";
    }

    @Override
    public String inject(Stage stage) {
        met = victims.servers(stage);
        if (asleep) {
            met.forEach(ServerNode::freeze);
        }
        met.forEach(node -> FakeClock.set(node, seconds, rate));
        return "%s: %+d s, rate %s%s".formatted(Victims.names(met), seconds, rate, asleep ? ", asleep" : "");
    }

    @Override
    public void heal(Stage stage) {
        if (asleep) {
            met.forEach(ServerNode::thaw);
            Patience.pass(SEEN);
        }
        met.forEach(FakeClock::reset);
    }
}
