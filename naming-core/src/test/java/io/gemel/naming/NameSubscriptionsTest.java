package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who watches a pattern has the names of its services, and is told of nothing else. */
final class NameSubscriptionsTest {
    private static final ServicePattern ORDERS = new ServicePattern("public", "", "orders");
    private static final ServiceNames.Format<ServiceNames.Change> AS_IT_IS = change -> change;

    private final ManualLoop naming = new ManualLoop();
    private final ManualLoop push = new ManualLoop();
    private final Subscriptions subscriptions = new Subscriptions(push);
    private final ServiceIndex index = new ServiceIndex(naming, subscriptions::published);

    @Test
    void theNamesThatMatchAreOfferedAtOnceAndThenWhenTheyChange() {
        open();
        set("DEFAULT_GROUP", "orders", 1);
        set("shop", "orders-eu", 1);
        set("shop", "bills", 1);
        Watcher watcher = watch(ORDERS);
        assertThat(watcher.names()).containsExactly("DEFAULT_GROUP/orders", "shop/orders-eu");

        set("shop", "orders-us", 1);
        set("shop", "orders", 1);
        set("shop", "orders-eu", 0);
        assertThat(push.waiting()).as("one task, however many changes").isEqualTo(1);
        push.runAll();
        assertThat(watcher.offered).hasSize(2);
        assertThat(watcher.names()).containsExactly("DEFAULT_GROUP/orders", "shop/orders", "shop/orders-us");
    }

    @Test
    void whatIsNoChangeOfAMatchingNameIsNotOffered() {
        open();
        set("shop", "orders", 1);
        Watcher watcher = watch(ORDERS);
        set("shop", "orders", 2);
        set("shop", "bills", 1);
        naming.run(() -> index.ephemeral(
                new ServiceId("other", "shop", "orders"),
                Instance.ephemeral("10.0.0.1", 80).key(),
                Optional.of(new Registration(Instance.ephemeral("10.0.0.1", 80), 0))));
        push.runAll();
        set("shop", "orders-eu", 1);
        set("shop", "orders-eu", 0);
        push.runAll();
        assertThat(watcher.offered).hasSize(1);
    }

    @Test
    void aPatternWithAGroupHasTheNamesOfThatGroupAlone() {
        open();
        set("shop", "orders", 1);
        set("shop2", "orders", 1);
        set("a", "orders", 1);
        assertThat(watch(new ServicePattern("public", "shop", "")).names()).containsExactly("shop/orders");
        assertThat(watch(new ServicePattern("public", "", "")).names())
                .containsExactly("a/orders", "shop/orders", "shop2/orders");
        assertThat(watch(new ServicePattern("nowhere", "", "")).names()).isEmpty();
    }

    @Test
    void itIsSilentUntilItIsOpenedAndThenOffersWhatIsTrue() {
        Watcher watcher = watch(ORDERS);
        set("shop", "orders", 1);
        push.runAll();
        assertThat(watcher.offered).isEmpty();

        open();
        assertThat(watcher.names()).containsExactly("shop/orders");
    }

    @Test
    void whoUnwatchesIsOfferedNothingMoreAndWhoComesLaterWhatIsTrueThen() {
        open();
        Watcher first = watch(ORDERS);
        Watcher second = watch(ORDERS);
        subscriptions.unwatch(ORDERS, first);
        push.runAll();
        set("shop", "orders", 1);
        push.runAll();
        assertThat(first.offered).hasSize(1);
        assertThat(second.offered).hasSize(2);

        subscriptions.unwatchAll(second);
        push.runAll();
        set("shop", "orders", 0);
        set("shop", "orders-eu", 1);
        assertThat(push.waiting()).as("nobody wants to know").isZero();
        Watcher third = watch(ORDERS);
        assertThat(third.names()).containsExactly("shop/orders-eu");
        assertThat(third.offered.get(0).revision())
                .isGreaterThan(second.offered.get(1).revision());
    }

    @Test
    void aPatternOfWhatNoNameHasIsRefused() {
        for (List<String> parts : List.of(List.of("", "", ""), List.of("n", "a/b", ""), List.of("n", "", "-x"))) {
            assertThatThrownBy(() -> new ServicePattern(parts.get(0), parts.get(1), parts.get(2)))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.BAD_REQUEST));
        }
    }

    @Test
    void aChangeIsTheWayFromTheOlderNamesOrAllOfThemIfThatIsLess() {
        ServiceNames before = names(1, 1, 2, 3, 4);
        ServiceNames after = names(2, 0, 1, 3, 4, 5);
        ServiceNames.Change change = after.since(before, AS_IT_IS);
        assertThat(change.fromRevision()).contains(1L);
        assertThat(change.added()).containsExactly(service(0), service(5));
        assertThat(change.removed()).containsExactly(service(2));
        assertThat(change.total()).isEqualTo(5);
        assertThat(after.since(before, AS_IT_IS)).isSameAs(change);

        ServiceNames.Change all = names(3, 7).since(before, AS_IT_IS);
        assertThat(all.fromRevision()).isEmpty();
        assertThat(all.added()).containsExactly(service(7));
    }

    @Test
    void everyWatcherEndsWithWhatIsTrueWhateverTheInterleaving() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            NameSubscriptionsTest each = new NameSubscriptionsTest();
            List<Watcher> watchers =
                    List.of(new Watcher(ORDERS), new Watcher(new ServicePattern("public", "shop", "")));
            TreeSet<Integer> watching = new TreeSet<>();
            each.subscriptions.open(each.index::view);
            for (int step = 0; step < 80; step++) {
                int which = random.nextInt(watchers.size());
                Watcher watcher = watchers.get(which);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        each.subscriptions.watch(watcher.pattern, watcher, each.index);
                        watching.add(which);
                    }
                    case 1 -> {
                        each.subscriptions.unwatch(watcher.pattern, watcher);
                        watching.remove(which);
                    }
                    case 2 -> each.push.turn(1 + random.nextInt(3));
                    default ->
                        each.set(
                                random.nextBoolean() ? "shop" : "bank",
                                random.nextBoolean() ? "orders" + random.nextInt(3) : "bills",
                                random.nextInt(2));
                }
            }
            each.push.runAll();
            for (int which : watching) {
                Watcher watcher = watchers.get(which);
                List<ServiceId> listed = new ArrayList<>();
                each.index.names().forEach(listed::add);
                assertThat(watcher.offered.get(watcher.offered.size() - 1).services())
                        .as("seed %d", seed)
                        .isEqualTo(
                                listed.stream().filter(watcher.pattern::matches).toList());
            }
        }
    }

    private void open() {
        subscriptions.open(index::view);
        push.runAll();
    }

    private Watcher watch(ServicePattern pattern) {
        Watcher watcher = new Watcher(pattern);
        subscriptions.watch(pattern, watcher, index);
        push.runAll();
        return watcher;
    }

    /** One instance of this weight; none for 0. */
    private void set(String group, String name, double weight) {
        Instance instance = Instance.ephemeral("10.0.0.1", 80).withWeight(weight);
        Optional<Registration> now = weight == 0 ? Optional.empty() : Optional.of(new Registration(instance, 0));
        naming.run(() -> index.ephemeral(new ServiceId("public", group, name), instance.key(), now));
    }

    private static ServiceNames names(long revision, int... numbers) {
        return new ServiceNames(
                ORDERS,
                revision,
                IntStream.of(numbers).mapToObj(NameSubscriptionsTest::service).toList());
    }

    private static ServiceId service(int number) {
        return ServiceId.of("orders" + number);
    }

    /** A sink that remembers what it was offered. */
    private static final class Watcher implements PushSink {
        final ServicePattern pattern;
        final List<ServiceNames> offered = new ArrayList<>();

        Watcher(ServicePattern pattern) {
            this.pattern = pattern;
        }

        @Override
        public void offer(ServiceView view) {
            throw new AssertionError(view);
        }

        @Override
        public void offerNames(ServiceNames names) {
            offered.add(names);
        }

        /** Group and name of the newest. */
        List<String> names() {
            return Stream.of(offered.get(offered.size() - 1))
                    .flatMap(names -> names.services().stream())
                    .map(service -> service.group() + "/" + service.name())
                    .toList();
        }
    }
}
