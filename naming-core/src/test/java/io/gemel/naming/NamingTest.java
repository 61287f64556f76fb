package io.gemel.naming;

import static io.gemel.naming.RegistryException.Code.BAD_REQUEST;
import static io.gemel.naming.RegistryException.Code.NOT_FOUND;
import static io.gemel.naming.RegistryException.Code.NOT_READY;
import static io.gemel.naming.RegistryException.Code.NO_LEADER;
import static io.gemel.naming.RegistryException.Code.NO_SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers ask is answered from the index, written through the port, or refused with a reason. */
final class NamingTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance EPHEMERAL = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance PERSISTENT = Instance.persistent("10.0.0.2", 80);
    private static final Publisher SESSION = new Publisher("s", 1);

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final Subscriptions subscriptions = new Subscriptions(loop);
    private final ServiceIndex index = new ServiceIndex(loop, views -> {});
    private final LamportClock clock = new LamportClock();
    private final RecordedConsistency consistency = new RecordedConsistency();
    private final Sessions sessions = new Sessions(
            loop,
            ticker,
            new Random(1),
            new Sessions.Config(Duration.ofSeconds(2), 10),
            clock,
            new Publications(loop, index, clock),
            consistency);
    private final Readiness readiness = new Readiness("part");
    private final Naming naming = new Naming(consistency, index, subscriptions, sessions, readiness);

    // ---- writing ----

    @Test
    void aWriteGoesThroughThePort() {
        assertThat(naming.register(ORDERS, List.of(EPHEMERAL), SESSION, Precondition.NONE))
                .isCompletedWithValue(new Written(1));
        assertThat(naming.deregister(
                        ORDERS, List.of(PERSISTENT.key()), Durability.PERSISTENT, Publisher.NONE, Precondition.NONE))
                .isCompletedWithValue(new Written(2));
        assertThat(consistency.written)
                .containsExactly(
                        new Change.Register(ORDERS, List.of(EPHEMERAL), SESSION),
                        new Change.Deregister(
                                ORDERS,
                                List.of(PERSISTENT.key()),
                                Durability.PERSISTENT,
                                Publisher.NONE,
                                Precondition.NONE));
    }

    @Test
    void whatOperatorsSetIsAgreedOnWhicheverKindOfInstanceItIsFor() {
        Change.SetService settings =
                new Change.SetService(ORDERS, Optional.of(ServiceSettings.NONE), Precondition.ABSENT);
        Change.SetOverride override = new Change.SetOverride(
                ORDERS, EPHEMERAL.key(), Optional.of(InstanceOverride.NONE.withEnabled(false)), Precondition.NONE);
        assertThat(naming.setService(settings)).isCompletedWithValue(new Written(1));
        assertThat(naming.setOverride(override)).isCompletedWithValue(new Written(2));
        assertThat(consistency.written).containsExactly(settings, override);
        assertThat(consistency.written).extracting(Change::durability).containsOnly(Durability.PERSISTENT);
    }

    @Test
    void aDescriptionIsAsFreshAsItIsAskedForAndNotGivenWhileStarting() {
        assertFails(RegistryException.Code.NOT_READY, naming.describe(ORDERS, ReadLevel.LOCAL));
        readiness.clear("part");
        assertThat(naming.describe(ORDERS, ReadLevel.LOCAL).join().state()).isEqualTo(OperatorState.NONE);
        assertThat(consistency.read).isEmpty();

        consistency.readable = new CompletableFuture<>();
        CompletableFuture<ServiceDescription> described = naming.describe(ORDERS, ReadLevel.LINEARIZABLE);
        assertThat(described).isNotDone();
        Versioned<ServiceSettings> settings = new Versioned<>(ServiceSettings.NONE.withProtectionThreshold(1), 5);
        list(ORDERS);
        loop.run(() -> index.settings(ORDERS, Optional.of(settings)));
        consistency.readable.complete(null);
        assertThat(described.join().revision()).isEqualTo(5);
        assertThat(described.join().settings()).isEqualTo(settings.value());
        assertThat(described.join().tally()).isEqualTo(new ServiceView.Tally(1, 1, 1));
        assertThat(consistency.read).containsExactly(ReadLevel.LINEARIZABLE);
    }

    @Test
    void aServiceIsKnownThatHasInstancesOrForWhichSomethingIsSet() {
        readiness.clear("part");
        ServiceId payments = ServiceId.of("payments");
        ServiceId elsewhere = new ServiceId("test", "g", "orders");
        list(ORDERS);
        list(elsewhere);
        loop.run(() -> index.settings(payments, Optional.of(new Versioned<>(ServiceSettings.NONE, 5))));

        assertThat(naming.known("public")).containsExactly(ORDERS, payments);
        assertThat(naming.known("")).containsExactly(ORDERS, payments, elsewhere);
        loop.run(() -> index.settings(payments, Optional.empty()));
        assertThat(naming.known("public")).containsExactly(ORDERS);
    }

    @Test
    void anEphemeralWriteNeedsASession() {
        assertFails(NO_SESSION, naming.register(ORDERS, List.of(EPHEMERAL), Publisher.NONE, Precondition.NONE));
        assertFails(
                NO_SESSION,
                naming.deregister(
                        ORDERS, List.of(EPHEMERAL.key()), Durability.EPHEMERAL, Publisher.NONE, Precondition.NONE));
        assertThat(consistency.written).isEmpty();
    }

    @Test
    void aBadBatchIsRefusedThroughTheFutureAndNothingIsWritten() {
        assertFails(BAD_REQUEST, naming.register(ORDERS, List.of(), SESSION, Precondition.NONE));
        assertFails(BAD_REQUEST, naming.register(ORDERS, List.of(EPHEMERAL, PERSISTENT), SESSION, Precondition.NONE));
        assertFails(
                BAD_REQUEST,
                naming.deregister(ORDERS, List.of(), Durability.PERSISTENT, Publisher.NONE, Precondition.NONE));
        assertThat(consistency.written).isEmpty();
    }

    // ---- finding ----

    @Test
    void nothingIsAnsweredBeforeTheNodeIsReady() {
        list(ORDERS);
        assertFails(NOT_READY, naming.find(ORDERS, ReadLevel.LOCAL));
        assertFails(NOT_READY, naming.find(ORDERS, ReadLevel.LINEARIZABLE));
        assertRefused(NOT_READY, () -> naming.services("public", "", Optional.empty(), 10));

        readiness.clear("part");
        assertThat(naming.find(ORDERS, ReadLevel.LOCAL)).isCompletedWithValue(index.view(ORDERS));
    }

    @Test
    void aServiceWithoutInstancesIsNotFound() {
        readiness.clear("part");
        assertFails(NOT_FOUND, naming.find(ORDERS, ReadLevel.LOCAL));
        assertFails(NOT_FOUND, naming.find(ORDERS, ReadLevel.LINEARIZABLE));
    }

    @Test
    void aLocalReadAsksNobody() {
        readiness.clear("part");
        list(ORDERS);
        assertThat(naming.find(ORDERS, ReadLevel.LOCAL)).isCompletedWithValue(index.view(ORDERS));
        assertThat(consistency.read).isEmpty();
    }

    @Test
    void aStrongerReadLooksOnlyOnceTheIndexMayBeRead() {
        readiness.clear("part");
        consistency.readable = new CompletableFuture<>();
        CompletableFuture<ServiceView> found = naming.find(ORDERS, ReadLevel.atLeast(7));
        assertThat(consistency.read).containsExactly(ReadLevel.atLeast(7));
        assertThat(found).isNotDone();

        list(ORDERS);
        consistency.readable.complete(null);
        assertThat(found).isCompletedWithValue(index.view(ORDERS));
    }

    @Test
    void aReadThatCannotBeAnsweredFailsAndIsNeverStale() {
        readiness.clear("part");
        list(ORDERS);
        consistency.readable = CompletableFuture.failedFuture(new RegistryException(NO_LEADER, "no leader"));
        assertFails(NO_LEADER, naming.find(ORDERS, ReadLevel.LINEARIZABLE));
    }

    // ---- listing ----

    @Test
    void servicesAreListedInOrderPageByPage() {
        readiness.clear("part");
        List<ServiceId> all = IntStream.range(0, 25)
                .mapToObj(i -> ServiceId.of("service-%02d".formatted(i)))
                .toList();
        all.forEach(this::list);
        list(new ServiceId("other", "DEFAULT_GROUP", "a"));
        list(new ServiceId("publi", "DEFAULT_GROUP", "a"));
        list(new ServiceId("public2", "DEFAULT_GROUP", "a"));

        for (int limit : new int[] {1, 4, 5, 24, 25, 26, 1_000}) {
            List<ServiceId> listed = new ArrayList<>();
            ServicePage page = naming.services("public", "", Optional.empty(), limit);
            listed.addAll(page.services());
            while (page.more() && listed.size() <= all.size()) {
                assertThat(page.services()).hasSize(limit);
                ServiceId last = page.services().get(limit - 1);
                page = naming.services("public", "", Optional.of(last), limit);
                listed.addAll(page.services());
            }
            assertThat(listed).as("limit %d", limit).isEqualTo(all);
        }
    }

    @Test
    void aGroupFilterListsExactlyThatGroup() {
        readiness.clear("part");
        ServiceId first = new ServiceId("public", "b", "0");
        ServiceId second = new ServiceId("public", "b", "z");
        list(new ServiceId("public", "a", "x"));
        list(second);
        list(first);
        list(new ServiceId("public", "b.c", "x"));
        list(new ServiceId("public", "bb", "x"));

        assertThat(naming.services("public", "b", Optional.empty(), 10))
                .isEqualTo(new ServicePage(List.of(first, second), false));
        assertThat(naming.services("public", "b", Optional.empty(), 1))
                .isEqualTo(new ServicePage(List.of(first), true));
        assertThat(naming.services("public", "b", Optional.of(first), 1))
                .isEqualTo(new ServicePage(List.of(second), false));
        assertThat(naming.services("public", "c", Optional.empty(), 10).services())
                .isEmpty();
        assertThat(naming.services("public", "", Optional.empty(), 10).services())
                .hasSize(5);
    }

    @Test
    void aPageGoesOnAfterAServiceThatIsGoneAndNeverLeavesWhatWasAsked() {
        readiness.clear("part");
        ServiceId b = new ServiceId("public", "g", "b");
        list(b);
        list(new ServiceId("public", "h", "a"));
        Optional<ServiceId> gone = Optional.of(new ServiceId("public", "g", "a"));
        Optional<ServiceId> before = Optional.of(new ServiceId("another", "z", "z"));
        Optional<ServiceId> behind = Optional.of(new ServiceId("public", "h", "0"));
        assertThat(naming.services("public", "g", gone, 10).services()).containsExactly(b);
        assertThat(naming.services("public", "g", before, 10).services()).containsExactly(b);
        assertThat(naming.services("public", "g", behind, 10).services()).isEmpty();
    }

    @Test
    void aPageByItsNumberSaysHowManyThereAreInAll() {
        readiness.clear("part");
        List<ServiceId> all = IntStream.range(0, 5)
                .mapToObj(i -> new ServiceId("public", "g", "s" + i))
                .toList();
        all.forEach(this::list);
        list(new ServiceId("public", "f", "s0"));
        list(new ServiceId("public", "h", "s0"));

        assertThat(naming.services("public", "g", 0, 2)).isEqualTo(new CountedServices(all.subList(0, 2), 5));
        assertThat(naming.services("public", "g", 4, Integer.MAX_VALUE))
                .isEqualTo(new CountedServices(all.subList(4, 5), 5));
        assertThat(naming.services("public", "g", 1L << 40, 2)).isEqualTo(new CountedServices(List.of(), 5));
    }

    @Test
    void thePresentViewOfAServiceWithoutInstancesIsEmpty() {
        assertRefused(NOT_READY, () -> naming.present(ORDERS));
        assertThat(naming.ready()).isFalse();
        readiness.clear("part");
        assertThat(naming.ready()).isTrue();
        assertThat(naming.present(ORDERS).isEmpty()).isTrue();
        list(ORDERS);
        assertThat(naming.present(ORDERS).instances()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_001, Integer.MAX_VALUE})
    void aPageOutOfRangeIsRefused(int limit) {
        readiness.clear("part");
        assertThatThrownBy(() -> naming.services("public", "", Optional.empty(), limit))
                .isInstanceOf(RegistryException.class)
                .hasMessage("limit: " + limit + " (expected: 1..1000)");
    }

    @Test
    void aListingWithABadNameIsRefused() {
        readiness.clear("part");
        assertRefused(BAD_REQUEST, () -> naming.services("", "", Optional.empty(), 10));
        assertRefused(BAD_REQUEST, () -> naming.services("public", "a b", Optional.empty(), 10));
    }

    // ---- watching ----

    @Test
    void aWatcherHearsNothingUntilTheNodeIsReadyThenWhatIsTrue() {
        List<ServiceView> offered = new ArrayList<>();
        PushSink sink = offered::add;
        naming.watch(ORDERS, sink);
        loop.runAll();
        assertThat(offered).isEmpty();

        list(ORDERS);
        readiness.clear("part");
        loop.runAll();
        assertThat(offered).containsExactly(index.view(ORDERS));

        naming.unwatch(ORDERS, sink);
        naming.unwatchAll(sink);
        loop.runAll();
        assertThat(naming.sessions()).isSameAs(sessions);
    }

    private void list(ServiceId service) {
        loop.run(() -> index.persistent(service, PERSISTENT.key(), Optional.of(new Registration(PERSISTENT, 1))));
    }

    private static void assertFails(RegistryException.Code code, CompletableFuture<?> result) {
        assertThat(result).isCompletedExceptionally();
        assertThatThrownBy(result::join)
                .cause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static void assertRefused(RegistryException.Code code, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
