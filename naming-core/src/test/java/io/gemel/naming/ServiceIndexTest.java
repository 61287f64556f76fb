package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The index keeps I1, I2 and I3. */
final class ServiceIndexTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final ServiceId BILLS = ServiceId.of("bills");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 80);

    private final ManualLoop loop = new ManualLoop();
    private final List<ServiceView> published = new ArrayList<>();
    private final List<Integer> publications = new ArrayList<>();
    private final ServiceIndex index = new ServiceIndex(loop, views -> {
        publications.add(views.size());
        published.addAll(views);
    });

    @Test
    void i1OnlyItsLoopWritesIt() {
        assertThatThrownBy(() -> put(ORDERS, A))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("I1");
        assertThatThrownBy(() -> index.persistent(ORDERS, A.key(), Optional.empty()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("I1");
        assertThat(index.view(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void i2ARevisionOnlyGrowsAlsoWhenTheServiceVanishesAndReturns() {
        List<Long> seen = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            seen.add(index.view(ORDERS).revision());
            loop.run(() -> put(ORDERS, A));
            seen.add(index.view(ORDERS).revision());
            loop.run(() -> remove(ORDERS, A));
            seen.add(index.view(ORDERS).revision());
            loop.run(() -> put(BILLS, A.withWeight(seen.size())));
        }
        assertThat(seen).isSorted().doesNotHaveDuplicates();
    }

    @Test
    @Timeout(30)
    void i2NoReaderSeesARevisionGoBackOrTwoContentsAtOneRevision() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        Queue<String> broken = new ConcurrentLinkedQueue<>();
        Thread reader = new Thread(() -> {
            ServiceView last = index.view(ORDERS);
            while (!done.get()) {
                ServiceView view = index.view(ORDERS);
                boolean sameContent = view.registrations().equals(last.registrations());
                if (view.revision() < last.revision() || (view.revision() == last.revision() && !sameContent)) {
                    broken.add(view + " after " + last);
                    return;
                }
                last = view;
            }
        });
        reader.start();
        for (int round = 0; round < 100_000 && broken.isEmpty(); round++) {
            loop.run(() -> put(ORDERS, A));
            loop.run(() -> remove(ORDERS, A));
            published.clear();
            publications.clear();
        }
        done.set(true);
        reader.join();
        assertThat(broken).isEmpty();
    }

    @Test
    void i3AViewIsReadableAtTheEndOfTheTurnBeforeWhatTheTurnAcknowledges() {
        List<ServiceView> atAcknowledgement = new ArrayList<>();
        loop.execute(() -> {
            put(ORDERS, A);
            loop.afterTurn(() -> atAcknowledgement.add(index.view(ORDERS)));
        });
        loop.execute(() -> {
            assertThat(index.view(ORDERS).isEmpty())
                    .as("not before the end of the turn")
                    .isTrue();
            put(ORDERS, B);
            loop.afterTurn(() -> atAcknowledgement.add(index.view(ORDERS)));
        });
        loop.turn();
        assertThat(atAcknowledgement)
                .hasSize(2)
                .allSatisfy(view -> assertThat(view.instances()).containsExactly(A, B));
    }

    @Test
    void i3AViewIsReadableBeforeItIsPushed() {
        List<Boolean> readable = new ArrayList<>();
        List<ServiceIndex> itself = new ArrayList<>();
        ServiceIndex watched = new ServiceIndex(
                loop, views -> views.forEach(view -> readable.add(itself.get(0).view(view.service()) == view)));
        itself.add(watched);
        loop.run(() -> {
            watched.ephemeral(ORDERS, A.key(), Optional.of(new Registration(A, 0)));
            watched.ephemeral(BILLS, A.key(), Optional.of(new Registration(A, 0)));
        });
        assertThat(readable).containsExactly(true, true);
    }

    @Test
    void aTurnPublishesEachChangedServiceOnce() {
        loop.execute(() -> put(ORDERS, A));
        loop.execute(() -> put(BILLS, A));
        loop.execute(() -> put(ORDERS, B));
        loop.turn();
        assertThat(publications).containsExactly(2);
        assertThat(published).extracting(ServiceView::service).containsExactly(ORDERS, BILLS);
        assertThat(published.get(0).instances()).containsExactly(A, B);
    }

    @Test
    void whatChangesNothingIsNotPublished() {
        loop.run(() -> put(ORDERS, A));
        ServiceView before = index.view(ORDERS);
        published.clear();

        loop.run(() -> put(ORDERS, A));
        loop.run(() -> remove(ORDERS, B));
        loop.run(() -> remove(BILLS, B));
        assertThat(published).isEmpty();
        assertThat(index.view(ORDERS)).isSameAs(before);
    }

    @Test
    void aPersistentInstanceShadowsAnEphemeralOneAtItsKey() {
        Instance persistent = Instance.persistent("10.0.0.1", 80);
        Registration stored = new Registration(persistent, 7);
        loop.run(() -> put(ORDERS, A));
        loop.run(() -> index.persistent(ORDERS, A.key(), Optional.of(stored)));
        assertThat(index.view(ORDERS).registrations()).containsExactly(stored);

        loop.run(() -> put(ORDERS, A.withWeight(2)));
        assertThat(index.view(ORDERS).registrations()).containsExactly(stored);

        loop.run(() -> index.persistent(ORDERS, A.key(), Optional.empty()));
        assertThat(index.view(ORDERS).instances()).containsExactly(A.withWeight(2));
    }

    @Test
    void viewsAreSortedByKeyOverBothKinds() {
        Instance last = Instance.persistent("10.0.0.3", 80);
        Instance first = Instance.persistent("10.0.0.0", 80);
        loop.run(() -> {
            put(ORDERS, B);
            index.persistent(ORDERS, last.key(), Optional.of(new Registration(last, 1)));
            put(ORDERS, A);
            index.persistent(ORDERS, first.key(), Optional.of(new Registration(first, 2)));
        });
        assertThat(index.view(ORDERS).instances()).containsExactly(first, A, B, last);
    }

    @Test
    void itCountsServicesAndListedInstances() {
        loop.run(() -> {
            put(ORDERS, A);
            put(ORDERS, B);
            put(BILLS, A);
            index.persistent(ORDERS, A.key(), Optional.of(new Registration(Instance.persistent("10.0.0.1", 80), 1)));
        });
        assertThat(index.services()).isEqualTo(2);
        assertThat(index.instances()).as("what is shadowed is not listed").isEqualTo(3);

        loop.run(() -> {
            remove(ORDERS, B);
            remove(BILLS, A);
        });
        assertThat(index.services()).isEqualTo(1);
        assertThat(index.instances()).isEqualTo(1);
        assertThat(index.names(BILLS, true)).containsExactly(ORDERS);
    }

    @Test
    void aServiceThatComesAndGoesWithinATurnIsNotListed() {
        loop.run(() -> {
            put(ORDERS, A);
            remove(ORDERS, A);
            remove(ORDERS, A);
        });
        assertThat(index.services()).isZero();
        assertThat(index.instances()).isZero();
        assertThat(index.view(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void whatOperatorsSetIsPutOverInstancesOfBothKindsAndComesOffAgain() {
        Instance persistent = Instance.persistent("10.0.0.3", 80);
        InstanceOverride drained = InstanceOverride.NONE
                .withEnabled(false)
                .withWeight(3)
                .withMetadata(Map.of("note", "drained", "zone", "b"));
        loop.run(() -> {
            put(ORDERS, A.withMetadata("zone", "a"));
            put(ORDERS, B);
            index.persistent(ORDERS, persistent.key(), Optional.of(new Registration(persistent, 7)));
        });
        published.clear();
        loop.run(() -> {
            index.override(ORDERS, A.key(), Optional.of(new Versioned<>(drained, 8)));
            index.override(ORDERS, persistent.key(), Optional.of(new Versioned<>(drained, 9)));
        });
        Instance shownA = A.withEnabled(false).withWeight(3).withMetadata(Map.of("note", "drained", "zone", "b"));
        Instance shownPersistent =
                persistent.withEnabled(false).withWeight(3).withMetadata(Map.of("note", "drained", "zone", "b"));
        assertThat(published).hasSize(1);
        assertThat(index.view(ORDERS).registrations())
                .containsExactly(
                        new Registration(shownA, 0, true),
                        new Registration(B, 0),
                        new Registration(shownPersistent, 7, true));

        loop.run(() -> put(ORDERS, A.withWeight(5).withHealthy(false)));
        assertThat(index.view(ORDERS).find(A.key()).orElseThrow().instance())
                .as("what is not overridden is as registered last")
                .isEqualTo(shownA.withHealthy(false));

        loop.run(() -> {
            index.override(ORDERS, A.key(), Optional.empty());
            index.override(ORDERS, persistent.key(), Optional.empty());
        });
        assertThat(index.view(ORDERS).instances())
                .containsExactly(A.withWeight(5).withHealthy(false), B, persistent);
        assertThat(index.operatorState(ORDERS).isEmpty()).isTrue();
    }

    @Test
    void whatTheSelectorLeavesOutIsMarkedUnlessNothingEnabledWouldBeLeft() {
        ServiceIndex selecting = new ServiceIndex(
                loop,
                views -> {},
                (service, typed) -> typed.isEmpty()
                        ? Optional.empty()
                        : Optional.of(instance -> "b".equals(instance.metadata().get("zone"))));
        ServiceSettings zoneB =
                ServiceSettings.NONE.withProtectionThreshold(0.5).withTyped(TypedMetadata.of(new byte[] {1}));
        Instance chosen = B.withMetadata("zone", "b");
        loop.run(() -> {
            selecting.ephemeral(ORDERS, A.key(), Optional.of(new Registration(A.withHealthy(false), 0)));
            selecting.ephemeral(ORDERS, B.key(), Optional.of(new Registration(chosen, 0)));
            selecting.settings(ORDERS, Optional.of(new Versioned<>(zoneB, 1)));
        });
        assertThat(selecting.view(ORDERS).registrations())
                .containsExactly(
                        new Registration(A.withHealthy(false), 0, false, false, true), new Registration(chosen, 0));
        assertThat(selecting.view(ORDERS).tally()).isEqualTo(new ServiceView.Tally(2, 1, 1));
        assertThat(selecting.view(ORDERS).protectionReached())
                .as("what is not to be used does not count as missing")
                .isFalse();

        loop.run(() -> selecting.override(
                ORDERS, B.key(), Optional.of(new Versioned<>(InstanceOverride.NONE.withEnabled(false), 2))));
        assertThat(selecting.view(ORDERS).registrations())
                .as("no enabled instance is selected: none is left out")
                .noneMatch(Registration::unselected);

        loop.run(() -> selecting.override(
                ORDERS,
                A.key(),
                Optional.of(new Versioned<>(InstanceOverride.NONE.withMetadata(Map.of("zone", "b")), 3))));
        assertThat(selecting.view(ORDERS).registrations())
                .as("operators can label, too")
                .noneMatch(Registration::unselected);

        loop.run(() -> {
            selecting.override(ORDERS, A.key(), Optional.empty());
            selecting.override(ORDERS, B.key(), Optional.empty());
        });
        assertThat(selecting.view(ORDERS).find(A.key()).orElseThrow().unselected())
                .isTrue();
        loop.run(() -> selecting.settings(ORDERS, Optional.empty()));
        assertThat(selecting.view(ORDERS).registrations())
                .containsExactly(new Registration(A.withHealthy(false), 0), new Registration(chosen, 0));
    }

    @Test
    void anOverrideWaitsForTheInstanceAndOutlivesIt() {
        Versioned<InstanceOverride> off = new Versioned<>(InstanceOverride.NONE.withEnabled(false), 3);
        loop.run(() -> index.override(ORDERS, A.key(), Optional.of(off)));
        assertThat(index.view(ORDERS).isEmpty()).isTrue();
        assertThat(index.services()).isZero();
        assertThat(index.operatorState(ORDERS).overrides())
                .containsExactly(new OperatorState.Overridden(A.key(), off, Optional.empty()));

        for (int round = 0; round < 3; round++) {
            loop.run(() -> put(ORDERS, A));
            assertThat(index.view(ORDERS).instances()).containsExactly(A.withEnabled(false));
            assertThat(index.operatorState(ORDERS).find(A.key()).orElseThrow().registered())
                    .contains(A);
            loop.run(() -> remove(ORDERS, A));
            assertThat(index.view(ORDERS).isEmpty()).isTrue();
        }
        assertThat(index.names(ORDERS, true)).isEmpty();
        loop.run(() -> index.override(ORDERS, A.key(), Optional.empty()));
        loop.run(() -> put(ORDERS, A));
        assertThat(index.view(ORDERS).registrations()).containsExactly(new Registration(A, 0));
    }

    @Test
    void protectionIsAFlagOfTheViewAndLeavesHealthAlone() {
        ServiceSettings half = ServiceSettings.NONE.withProtectionThreshold(0.5).withMetadata(Map.of("owner", "shop"));
        loop.run(() -> {
            put(ORDERS, A);
            put(ORDERS, B.withHealthy(false));
            index.settings(ORDERS, Optional.of(new Versioned<>(half, 4)));
        });
        assertThat(index.view(ORDERS).metadata()).containsEntry("owner", "shop");
        assertThat(index.view(ORDERS).protectionReached())
                .as("half is not less")
                .isFalse();

        loop.run(() -> put(ORDERS, A.withHealthy(false)));
        assertThat(index.view(ORDERS).protectionReached()).isTrue();
        assertThat(index.view(ORDERS).instances()).containsExactly(A.withHealthy(false), B.withHealthy(false));

        loop.run(() -> index.override(
                ORDERS, B.key(), Optional.of(new Versioned<>(InstanceOverride.NONE.withEnabled(false), 5))));
        loop.run(() -> put(ORDERS, A));
        assertThat(index.view(ORDERS).protectionReached())
                .as("what is disabled does not count")
                .isFalse();

        loop.run(() -> put(ORDERS, A.withHealthy(false)));
        loop.run(() -> index.settings(ORDERS, Optional.empty()));
        assertThat(index.view(ORDERS).protectionReached()).isFalse();
        assertThat(index.view(ORDERS).metadata()).isEmpty();
    }

    @Test
    void whatIsSetAgainWithTheSameRevisionIsNotPublished() {
        Versioned<ServiceSettings> settings = new Versioned<>(ServiceSettings.NONE.withProtectionThreshold(1), 1);
        Versioned<InstanceOverride> off = new Versioned<>(InstanceOverride.NONE.withEnabled(false), 2);
        loop.run(() -> {
            put(ORDERS, A);
            index.settings(ORDERS, Optional.of(settings));
            index.override(ORDERS, A.key(), Optional.of(off));
        });
        assertThat(published).hasSize(1);
        loop.run(() -> {
            index.settings(ORDERS, Optional.of(settings));
            index.override(ORDERS, A.key(), Optional.of(off));
            index.override(BILLS, A.key(), Optional.empty());
        });
        assertThat(published).hasSize(1);
    }

    private void put(ServiceId service, Instance instance) {
        index.ephemeral(service, instance.key(), Optional.of(new Registration(instance, 0)));
    }

    private void remove(ServiceId service, Instance instance) {
        index.ephemeral(service, instance.key(), Optional.empty());
    }
}
