package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.Loop;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a server is told of watches, in the orders that no test of a whole client can bring about. */
class WatchesTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Watches.Step WATCH = new Watches.Step(ORDERS, true);
    private static final Watches.Step UNWATCH = new Watches.Step(ORDERS, false);

    private final Watches watches = new Watches(new Watches.Events() {
        @Override
        public void believed(ServiceView view) {}

        @Override
        public void doubted(Watches.Doubt doubt) {}
    });
    private final List<ViewDiff> told = new ArrayList<>();
    private final Subscriber first = new Subscriber(ORDERS, diff -> {}, new AtOnce());
    private final Subscriber second = new Subscriber(ORDERS, told::add, new AtOnce());

    @Test
    void whoseInterestWasGoneForAMomentIsBroughtAWholeViewAgain() {
        watches.add(ORDERS, first);
        assertThat(watches.next()).contains(WATCH);
        watches.told(view(1, 2));
        watches.remove(ORDERS, first);
        watches.add(ORDERS, second);

        assertThat(watches.next()).contains(WATCH);
        assertThat(watches.next()).isEmpty();
        assertThat(watches.told(delta(view(1, 2), view(2, 3)))).isTrue();
        assertThat(told).isEmpty();
        watches.told(view(2, 3));
        assertThat(watches.told(delta(view(2, 3), view(3, 4)))).isTrue();
        assertThat(told).extracting(diff -> diff.view().revision()).containsExactly(2L, 3L);
    }

    @Test
    void whoseInterestIsGoneInTheEndIsUnwatchedHoweverOftenItCame() {
        watches.add(ORDERS, first);
        assertThat(watches.next()).contains(WATCH);
        watches.remove(ORDERS, first);
        watches.add(ORDERS, second);
        watches.remove(ORDERS, second);

        assertThat(watches.next()).contains(UNWATCH);
        assertThat(watches.next()).isEmpty();
    }

    @Test
    void aSecondSubscriberBeforeTheFirstViewAsksForNoOther() {
        watches.add(ORDERS, first);
        assertThat(watches.next()).contains(WATCH);
        watches.add(ORDERS, second);

        assertThat(watches.next()).isEmpty();
    }

    @Test
    void outOfStepTheNewestViewStandsAndIsAskedForOnce() {
        watches.add(ORDERS, second);
        assertThat(watches.next()).contains(WATCH);
        watches.told(view(1, 2));

        assertThat(watches.told(delta(view(2, 2), view(3, 3)))).isFalse();
        assertThat(watches.told(delta(view(3, 3), view(4, 4)))).isTrue();
        assertThat(watches.next()).contains(WATCH);
        assertThat(watches.next()).isEmpty();
        assertThat(watches.newest(ORDERS).orElseThrow().revision()).isEqualTo(1);
        assertThat(told).hasSize(1);
    }

    private static ServiceView view(long revision, int instances) {
        return new ServiceView(
                ORDERS,
                revision,
                IntStream.rangeClosed(1, instances)
                        .mapToObj(i -> new Registration(Instance.ephemeral("10.0.0.1", i), 0))
                        .toList());
    }

    private static ViewDelta delta(ServiceView before, ServiceView after) {
        return ViewDelta.between(before, after).orElseThrow();
    }

    /** Runs what it is given there and then. */
    private static final class AtOnce implements Loop {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void executeOrWait(Runnable task) {
            task.run();
        }

        @Override
        public void afterTurn(Runnable task) {
            task.run();
        }

        @Override
        public void every(Duration period, Runnable task) {}

        @Override
        public boolean inLoop() {
            return true;
        }
    }
}
