package io.gemel.it.faults.agent.inside;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What woven methods call. Public because the code that calls it lies in the classes under test. Thread-safe. */
public final class Woven {
    private static final Table TABLE = new Table();

    private Woven() {}

    /** Number {@code weave} is about to run; what is returned in its place, or null. */
    public static @Nullable Object before(int weave, @Nullable Object self, Object[] arguments) {
        return TABLE.reached(weave).twist().before(new Twist.Call(self, arguments));
    }

    /** Number {@code weave} has returned {@code result}, unless {@code instead} was said before; what the caller gets. */
    public static @Nullable Object after(
            int weave, @Nullable Object self, Object[] arguments, @Nullable Object instead, @Nullable Object result) {
        Object given = instead == null ? result : instead == Twist.NOTHING ? null : instead;
        return TABLE.reached(weave).twist().after(new Twist.Call(self, arguments), given);
    }

    /** Makes {@code weaves} callable; the number of the first, the others follow. */
    static int add(List<Weave> weaves) {
        return TABLE.add(weaves);
    }

    /** All that is woven in this process, by number. Says once of each weave that it was reached. */
    private static final class Table {
        private volatile Weave[] weaves = {};
        private volatile boolean[] reached = {};

        synchronized int add(List<Weave> more) {
            int first = weaves.length;
            Weave[] all = Arrays.copyOf(weaves, first + more.size());
            for (int i = 0; i < more.size(); i++) {
                all[first + i] = more.get(i);
            }
            reached = Arrays.copyOf(reached, all.length);
            weaves = all;
            return first;
        }

        Weave reached(int number) {
            Weave weave = weaves[number];
            if (!reached[number]) {
                reached[number] = true;
                Voice.say("reached " + weave);
            }
            return weave;
        }
    }
}
