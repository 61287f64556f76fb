package io.gemel.it.bench;

import java.time.Duration;
import java.util.function.Supplier;

/** What servers take that have nothing to do, and have had nothing to do for a while. */
final class Idle {
    /** A minute after a load half of what a server takes is still the compiler, which has not got round to all that the load made hot. */
    private static final int REST_WINDOWS = 120;

    private static final int WINDOWS = 20;

    private Idle() {}

    /**
     * Rests, and then looks on.
     *
     * @param cpu the CPU time used so far
     * @return what was used while it looked on, in percent of one core
     */
    static double percentOfACore(Plan plan, Supplier<Duration> cpu) {
        Windows.pass(plan, plan.window().multipliedBy(REST_WINDOWS));
        Duration idle = plan.window().multipliedBy(WINDOWS);
        Duration before = cpu.get();
        Windows.pass(plan, idle);
        return 100.0 * cpu.get().minus(before).toNanos() / idle.toNanos();
    }
}
