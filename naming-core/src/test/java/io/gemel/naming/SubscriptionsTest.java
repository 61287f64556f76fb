package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Every watcher gets the newest view, in order, and costs one slot per service. */
final class SubscriptionsTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ServiceId BILLS = ServiceId.of("bills");

    private final ManualLoop naming = new ManualLoop();
    private final ManualLoop push = new ManualLoop();
    private final Subscriptions subscriptions = new Subscriptions(push);
    private final ServiceIndex index = new ServiceIndex(naming, subscriptions::published);

    @Test
    void aWatcherIsOfferedThePresentViewAtOnce() {
        open();
        set(ORDERS, 1);
        Watcher watcher = watch(ORDERS);
        assertThat(watcher.offered).containsExactly(index.view(ORDERS));
    }

    @Test
    void aServiceThatDoesNotExistYetIsOfferedEmptyAndThenWithItsFirstInstance() {
        open();
        Watcher watcher = watch(ORDERS);
        set(ORDERS, 1);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(0.0, 1.0);
    }

    @Test
    void ofManyChangesBetweenTwoPushesTheNewestIsOfferedOnce() {
        open();
        Watcher watcher = watch(ORDERS);
        for (int weight = 1; weight <= 100; weight++) {
            set(ORDERS, weight);
        }
        assertThat(push.waiting()).as("one task, however many changes").isEqualTo(1);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(0.0, 100.0);
    }

    @Test
    void aChangeThatMeetsTheWatchIsOfferedOnce() {
        open();
        Watcher watcher = new Watcher();
        subscriptions.watch(ORDERS, watcher, index::view);
        set(ORDERS, 1);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(1.0);
    }

    @Test
    void aChangeBetweenTheWatchAndItsFirstLookIsOfferedOnce() {
        open();
        Watcher watcher = new Watcher();
        subscriptions.watch(ORDERS, watcher, service -> {
            // The naming loop's thread publishes while the push loop is about to look.
            CompletableFuture.runAsync(() -> set(ORDERS, 1)).join();
            return index.view(service);
        });
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(1.0);
    }

    @Test
    void anOldViewThatComesAfterANewOneIsNotOffered() {
        open();
        Watcher watcher = watch(ORDERS);
        set(ORDERS, 1);
        ServiceView old = index.view(ORDERS);
        set(ORDERS, 2);
        push.runAll();
        subscriptions.published(List.of(old));
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(0.0, 2.0);
    }

    @Test
    void whoAsksAgainIsOfferedThePresentViewAgainAndWhatFollowsOnce() {
        open();
        Watcher watcher = watch(ORDERS);
        subscriptions.watch(ORDERS, watcher, index::view);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(0.0, 0.0);

        set(ORDERS, 1);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(0.0, 0.0, 1.0);
    }

    @Test
    void onlyWhatIsWatchedIsOffered() {
        open();
        Watcher watcher = watch(ORDERS);
        set(BILLS, 1);
        assertThat(push.waiting()).isZero();
        assertThat(watcher.weights(BILLS)).isEmpty();
    }

    @Test
    void nothingIsOfferedAfterUnwatching() {
        open();
        Watcher watcher = watch(ORDERS);
        subscriptions.watch(BILLS, watcher, index::view);
        push.runAll();
        set(ORDERS, 1);
        subscriptions.unwatch(ORDERS, watcher);
        push.runAll();
        int offered = watcher.weights(ORDERS).size();
        set(ORDERS, 2);
        set(BILLS, 2);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).hasSize(offered);
        assertThat(watcher.weights(BILLS)).containsExactly(0.0, 2.0);
    }

    @Test
    void whoWatchesAgainIsOfferedThePresentViewAgain() {
        open();
        set(ORDERS, 1);
        Watcher watcher = watch(ORDERS);
        subscriptions.unwatch(ORDERS, watcher);
        subscriptions.watch(ORDERS, watcher, index::view);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(1.0, 1.0);
    }

    @Test
    void aClosedSinkIsOfferedNothingMore() {
        open();
        Watcher closed = watch(ORDERS);
        Watcher other = watch(ORDERS);
        subscriptions.watch(BILLS, closed, index::view);
        subscriptions.unwatchAll(closed);
        push.runAll();
        closed.offered.clear();
        set(ORDERS, 1);
        set(BILLS, 1);
        push.runAll();
        assertThat(closed.offered).isEmpty();
        assertThat(other.weights(ORDERS)).containsExactly(0.0, 1.0);
        subscriptions.unwatchAll(closed);
        subscriptions.unwatch(ORDERS, closed);
        push.runAll();
    }

    @Test
    void itIsSilentUntilItIsOpenedAndThenOffersWhatIsTrue() {
        Watcher watcher = watch(ORDERS);
        set(ORDERS, 1);
        push.runAll();
        assertThat(watcher.offered)
                .as("an empty list now would be an artefact of starting")
                .isEmpty();

        set(ORDERS, 2);
        open();
        assertThat(watcher.weights(ORDERS)).containsExactly(2.0);
        set(ORDERS, 3);
        push.runAll();
        assertThat(watcher.weights(ORDERS)).containsExactly(2.0, 3.0);
    }

    @Test
    void aWatchIsRefusedWhileThePushLoopIsFull() {
        ManualLoop full = new ManualLoop(new ManualTicker(), 0);
        assertThatThrownBy(() -> new Subscriptions(full).watch(ORDERS, new Watcher(), index::view))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.OVERLOADED));
    }

    @Test
    void everyWatcherSeesRevisionsGrowAndEndsAtTheFinalStateWhateverTheInterleaving() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            SubscriptionsTest each = new SubscriptionsTest();
            List<Watcher> watchers = List.of(new Watcher(), new Watcher(), new Watcher());
            Map<Watcher, Boolean> watching = new HashMap<>();
            each.subscriptions.open(each.index::view);
            for (int step = 0; step < 60; step++) {
                Watcher watcher = watchers.get(random.nextInt(watchers.size()));
                switch (random.nextInt(5)) {
                    case 0 -> {
                        each.subscriptions.watch(ORDERS, watcher, each.index::view);
                        watching.put(watcher, true);
                    }
                    case 1 -> {
                        each.subscriptions.unwatchAll(watcher);
                        watching.put(watcher, false);
                    }
                    case 2 -> each.push.turn(1 + random.nextInt(3));
                    default -> each.set(ORDERS, random.nextInt(4));
                }
            }
            each.push.runAll();
            for (Watcher watcher : watchers) {
                assertThat(watcher.offered).extracting(ServiceView::revision).isSorted();
                if (watching.getOrDefault(watcher, false)) {
                    assertThat(watcher.offered)
                            .as("seed %d", seed)
                            .last()
                            .satisfies(last -> assertThat(last.registrations())
                                    .isEqualTo(each.index.view(ORDERS).registrations()));
                }
            }
        }
    }

    private void open() {
        subscriptions.open(index::view);
        push.runAll();
    }

    private Watcher watch(ServiceId service) {
        Watcher watcher = new Watcher();
        subscriptions.watch(service, watcher, index::view);
        push.runAll();
        return watcher;
    }

    /** One instance of this weight; none for 0. */
    private void set(ServiceId service, double weight) {
        Instance instance = Instance.ephemeral("10.0.0.1", 80).withWeight(weight);
        Optional<Registration> now = weight == 0 ? Optional.empty() : Optional.of(new Registration(instance, 0));
        naming.run(() -> index.ephemeral(service, instance.key(), now));
    }

    /** A sink that remembers what it was offered. */
    private static final class Watcher implements PushSink {
        final List<ServiceView> offered = new ArrayList<>();

        @Override
        public void offer(ServiceView view) {
            offered.add(view);
        }

        /** The weights of the service's one instance, offer by offer; 0 for none. */
        List<Double> weights(ServiceId service) {
            return offered.stream()
                    .filter(view -> view.service().equals(service))
                    .map(view -> view.isEmpty() ? 0.0 : view.instances().get(0).weight())
                    .toList();
        }
    }
}
