package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A delta leads from one view to another and nowhere else, and the digest tells whether it did. */
final class ViewDeltaTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance B = Instance.persistent("10.0.0.2", 80);
    private static final Instance C = Instance.ephemeral("10.0.0.3", 80);
    private static final Instance D = Instance.ephemeral("10.0.0.4", 80);
    private static final ViewDelta.Format<ViewDelta> AS_IT_IS = delta -> delta;

    @Test
    void theDigestIsTheOneOfTheContract() {
        // Computed by a program of a few lines in another language, after the comments in registry.proto.
        assertThat(new ServiceView(ORDERS, 1, List.of()).digest()).isEqualTo(0x1f7826a3d2066c02L);
        Instance first = Instance.ephemeral("10.0.0.1", 80);
        Instance second = Instance.persistent("::1", 9_000)
                .withCluster("zone-a")
                .withWeight(0.25)
                .withEnabled(false)
                .withHealthy(false)
                .withMetadata(Map.of("version", "2", "über", "x"));
        ServiceView view = new ServiceView(
                ORDERS,
                1,
                List.of(new Registration(first, 0), new Registration(second, (1L << 40) | 7, true)),
                new ServiceSettings(0.5, Map.of("team", "blau\uD83D\uDD35"), TypedMetadata.NONE));
        assertThat(view.digest()).isEqualTo(0x35877a47d9092d8L);
        ServiceView suspect = new ServiceView(ORDERS, 1, List.of(new Registration(first, 0, false, true)));
        assertThat(suspect.digest()).isEqualTo(0xc665f0c2129db48fL);
        ServiceView unselected = new ServiceView(ORDERS, 1, List.of(new Registration(first, 0, false, true, true)));
        assertThat(unselected.digest()).isEqualTo(0x815fc96f1e625a9eL);
    }

    @Test
    void aDeltaHoldsWhatHasChangedAndNothingElse() {
        ServiceView before = view(1, A, B, C);
        ServiceView after = view(2, A, B.withWeight(2), D);

        ViewDelta delta =
                ViewDelta.between(before, view(2, A, B, C.withWeight(3))).orElseThrow();
        assertThat(delta.put()).containsExactly(new Registration(C.withWeight(3), 0));
        assertThat(delta.removed()).isEmpty();
        assertThat(delta.settings()).isEmpty();
        assertThat(ViewDelta.between(before, after))
                .as("two put, one removed, one unchanged")
                .isEmpty();
    }

    @Test
    void whatIsNoShorterThanTheViewIsNoDelta() {
        assertThat(ViewDelta.between(view(1), view(2, A))).isEmpty();
        assertThat(ViewDelta.between(view(1, A), view(2, A.withWeight(2)))).isEmpty();
        assertThat(ViewDelta.between(view(1, A), view(2))).isEmpty();
        assertThat(ViewDelta.between(view(1, A, B, C), view(2, A))).isEmpty();
        assertThat(ViewDelta.between(view(1, A), view(2, A, B))).isPresent();
    }

    @Test
    void aDeltaAppliesToItsBaseAlone() {
        ServiceView before = view(1, A, B, C);
        ServiceView after = view(2, A, B, C.withHealthy(false));
        ViewDelta delta = ViewDelta.between(before, after).orElseThrow();

        assertThat(delta.appliedTo(before)).hasValueSatisfying(applied -> same(applied, after));
        assertThat(delta.appliedTo(view(3, A, B, C))).as("another revision").isEmpty();
        assertThat(delta.appliedTo(view(1, A, C))).as("another content").isEmpty();
        assertThat(delta.appliedTo(new ServiceView(ServiceId.of("bills"), 1, before.registrations())))
                .as("another service")
                .isEmpty();
    }

    @Test
    void aDeltaThatWasDamagedDoesNotApply() {
        ServiceView before = view(1, A, B, C);
        ViewDelta delta =
                ViewDelta.between(before, view(2, A, B.withWeight(2), C)).orElseThrow();
        List<ViewDelta> damaged = List.of(
                with(delta, List.of(), delta.removed(), delta.digest()),
                with(delta, List.of(new Registration(B.withWeight(3), 0)), delta.removed(), delta.digest()),
                with(delta, List.of(new Registration(B.withWeight(2), 1)), delta.removed(), delta.digest()),
                with(delta, List.of(new Registration(B.withWeight(2), 0, true)), delta.removed(), delta.digest()),
                with(delta, delta.put(), List.of(C.key()), delta.digest()),
                with(delta, delta.put(), delta.removed(), delta.digest() + 1));

        assertThat(damaged)
                .allSatisfy(each -> assertThat(each.appliedTo(before)).isEmpty());
    }

    @Test
    void theOrderInADeltaDoesNotMatter() {
        ServiceView before = view(1, IntStream.range(0, 10).mapToObj(i -> at(2 * i)));
        ServiceView after = view(2, IntStream.range(0, 14).mapToObj(i -> at(2 * i - i % 2)));
        ViewDelta delta = ViewDelta.between(before, after).orElse(with(before, after));
        List<Registration> put = new ArrayList<>(delta.put());
        Collections.reverse(put);

        assertThat(with(delta, put, delta.removed(), delta.digest()).appliedTo(before))
                .hasValueSatisfying(applied -> same(applied, after));
    }

    @Test
    void allWhoWereSentOneViewShareOneEncodingAndTheSlowDoNotTakeItFromThem() {
        AtomicInteger encodings = new AtomicInteger();
        ViewDelta.Format<Integer> format = delta -> encodings.incrementAndGet();
        ServiceView older = view(1, A, B, C);
        ServiceView old = view(2, A, B, C.withWeight(2));
        ServiceView now = view(3, A, B, C.withWeight(3));

        assertThat(now.since(older, format)).hasValue(1);
        assertThat(now.since(old, format)).hasValue(2);
        assertThat(now.since(older, format)).hasValue(3);
        assertThat(now.since(old, format)).hasValue(2);
        assertThat(now.since(old, format)).hasValue(2);
    }

    @Test
    void alsoThatNothingIsShorterIsFoundOutOnce() {
        ServiceView base = view(1, A);
        ServiceView now = view(2, B);

        assertThat(now.since(base, AS_IT_IS)).isEmpty();
        assertThat(now.since(base, AS_IT_IS)).isSameAs(now.since(base, AS_IT_IS));
    }

    @Test
    void whoeverFollowsARandomHistoryHasWhatTheServerHasWhicheverViewsItMissed() {
        int deltas = 0;
        for (int seed = 0; seed < 200; seed++) {
            History history = new History(seed);
            Random random = new Random(~seed);
            ServiceView shown = history.index.view(ORDERS); // what a watcher has
            ServiceView known = copy(shown); // the same, on its side of the wire
            for (int step = 0; step < 100; step++) {
                history.step();
                ServiceView now = history.index.view(ORDERS);
                if (now.revision() == shown.revision() || random.nextInt(3) == 0) {
                    continue; // a slow watcher: it gets the next one
                }
                Optional<ViewDelta> delta = now.since(shown, AS_IT_IS);
                ServiceView base = known;
                known = delta.map(way -> way.appliedTo(base).orElseThrow(() -> new AssertionError(way)))
                        .orElseGet(() -> copy(now));
                shown = now;
                deltas += delta.isPresent() ? 1 : 0;
                same(known, now);
            }
        }
        assertThat(deltas).isGreaterThan(5_000);
    }

    @Test
    void equalContentHasOneDigestWhateverLedToItAndOtherContentAnother() {
        ServiceView direct = view(7, A, B.withMetadata(Map.of("k", "v", "l", "w")), D);
        ServiceView first = view(1, A, B, C, D);
        ServiceView second = ViewDelta.between(first, view(2, A, B, D))
                .flatMap(delta -> delta.appliedTo(first))
                .orElseThrow();
        ServiceView third = ViewDelta.between(
                        second, view(3, A, B.withMetadata("l", "w").withMetadata("k", "v"), D))
                .flatMap(delta -> delta.appliedTo(second))
                .orElseThrow();

        assertThat(third.digest()).isEqualTo(direct.digest());
        List<ServiceView> others = List.of(
                view(7, A, B.withMetadata(Map.of("k", "w", "l", "v")), D),
                view(7, A, B.withMetadata(Map.of("kv", "", "l", "w")), D),
                view(7, A, D),
                new ServiceView(ORDERS, 7, direct.registrations(), ServiceSettings.NONE.withMetadata(Map.of("k", "v"))),
                new ServiceView(ORDERS, 7, direct.registrations(), ServiceSettings.NONE.withProtectionThreshold(0.5)));
        assertThat(others)
                .extracting(ServiceView::digest)
                .doesNotHaveDuplicates()
                .doesNotContain(direct.digest());
    }

    private static void same(ServiceView view, ServiceView expected) {
        assertThat(view.registrations()).isEqualTo(expected.registrations());
        assertThat(view.revision()).isEqualTo(expected.revision());
        assertThat(view.settings()).isEqualTo(expected.settings());
        assertThat(view.protectionReached()).isEqualTo(expected.protectionReached());
        assertThat(copy(view).digest())
                .isEqualTo(view.digest())
                .isEqualTo(copy(expected).digest());
    }

    /** One that knows no digest yet. */
    private static ServiceView copy(ServiceView view) {
        return new ServiceView(view.service(), view.revision(), view.registrations(), view.settings());
    }

    private static ViewDelta with(ViewDelta delta, List<Registration> put, List<InstanceKey> removed, long digest) {
        return new ViewDelta(
                delta.service(), delta.fromRevision(), delta.revision(), put, removed, delta.settings(), digest);
    }

    /** Everything removed and put anew: no server sends that, and it is a delta all the same. */
    private static ViewDelta with(ServiceView before, ServiceView after) {
        return new ViewDelta(
                ORDERS,
                before.revision(),
                after.revision(),
                after.registrations(),
                before.registrations().stream().map(Registration::key).toList(),
                Optional.empty(),
                after.digest());
    }

    private static Instance at(int port) {
        return Instance.ephemeral("10.0.0.9", 100 + port);
    }

    private static ServiceView view(long revision, Instance... instances) {
        return view(revision, Stream.of(instances));
    }

    private static ServiceView view(long revision, Stream<Instance> instances) {
        return new ServiceView(
                ORDERS,
                revision,
                instances.map(instance -> new Registration(instance, 0)).toList());
    }

    /** All that can change what a view shows, in an order that a seed decides. */
    private static final class History {
        final ManualLoop loop = new ManualLoop();
        final ServiceIndex index = new ServiceIndex(loop, views -> {});
        private final Random random;
        private long log;

        History(int seed) {
            random = new Random(seed);
        }

        void step() {
            loop.run(() -> {
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    change();
                }
            });
        }

        private void change() {
            InstanceKey key = new InstanceKey("10.0.0." + random.nextInt(4), 80 + random.nextInt(4), "DEFAULT");
            boolean there = random.nextInt(5) > 1;
            switch (random.nextInt(20)) {
                case 0 -> index.settings(ORDERS, when(there, new Versioned<>(settings(), ++log)));
                case 1 -> index.override(ORDERS, key, when(there, new Versioned<>(override(), ++log)));
                case 2 -> index.health(ORDERS, key, when(there, "it does not answer"));
                case 3 -> clear();
                case 4, 5, 6, 7 ->
                    index.persistent(ORDERS, key, when(there, new Registration(of(key, Durability.PERSISTENT), ++log)));
                default ->
                    index.ephemeral(
                            ORDERS,
                            key,
                            when(
                                    there,
                                    new Registration(
                                            of(key, Durability.EPHEMERAL),
                                            0,
                                            false,
                                            random.nextBoolean(),
                                            random.nextBoolean())));
            }
        }

        private void clear() {
            index.view(ORDERS).registrations().forEach(registration -> {
                index.persistent(ORDERS, registration.key(), Optional.empty());
                index.ephemeral(ORDERS, registration.key(), Optional.empty());
            });
        }

        private ServiceSettings settings() {
            return new ServiceSettings(random.nextInt(3) / 2.0, metadata(), TypedMetadata.of(new byte[] {1}));
        }

        private InstanceOverride override() {
            return InstanceOverride.NONE
                    .withEnabled(random.nextBoolean())
                    .withWeight(random.nextInt(3))
                    .withMetadata(metadata());
        }

        private Instance of(InstanceKey key, Durability durability) {
            return new Instance(
                    key, random.nextInt(3), random.nextInt(9) > 0, random.nextInt(9) > 0, durability, metadata());
        }

        private Map<String, String> metadata() {
            return random.nextBoolean() ? Map.of() : Map.of("version", "" + random.nextInt(2), "zone", "ü");
        }

        private static <T> Optional<T> when(boolean there, T value) {
            return there ? Optional.of(value) : Optional.empty();
        }
    }
}
