package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An instance stays for as long as its client sends heartbeats, wherever these arrive. */
class LeasesTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 80);
    private static final OriginId ELSEWHERE = new OriginId("elsewhere", 1);
    private static final LeaseTimes SHORT = new LeaseTimes(Duration.ofSeconds(2), Duration.ofSeconds(6));

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final LamportClock clock = new LamportClock();
    private final Publications publications = new Publications(loop, new ServiceIndex(loop, views -> {}), clock);
    private final RecordedConsistency consistency = new RecordedConsistency();
    private final Leases leases = new Leases(loop, ticker, new Random(1), 2, clock, publications, consistency);

    @Test
    void anInstanceIsTakenOnInASessionOfItsOwnAndThenWhatWasElsewhereIsVoid() {
        register(A, LeaseTimes.USUAL);

        Publisher publisher = publisher(0);
        assertThat(publisher.session()).matches("[0-9a-f]{32}");
        assertThat(consistency.written)
                .startsWith(
                        new Change.SessionOpened(publisher, true), new Change.Register(ORDERS, List.of(A), publisher))
                .hasSize(3)
                .last()
                .isInstanceOf(Change.SessionReplayed.class);
        assertThat(leases.size()).isEqualTo(1);
    }

    @Test
    void theSameAddressIsTheSameSessionOnEveryNode() {
        assertThat(Leases.id(ORDERS, A.key())).isEqualTo(Leases.id(ServiceId.of("orders"), A.key()));
        assertThat(Leases.id(ORDERS, A.key())).isNotEqualTo(Leases.id(ORDERS, B.key()));
        assertThat(Leases.id(ORDERS, A.key())).isNotEqualTo(Leases.id(ServiceId.of("bills"), A.key()));
    }

    @Test
    void withoutHeartbeatsItBecomesUnhealthyThenGoes() {
        register(A, LeaseTimes.USUAL);
        consistency.written.clear();

        pass(Duration.ofSeconds(14));
        assertThat(consistency.written).isEmpty();
        pass(Duration.ofMillis(1_500));
        assertThat(registered()).containsExactly(A.withHealthy(false));
        pass(Duration.ofSeconds(14));
        assertThat(consistency.written).as("told once").hasSize(1);
        pass(Duration.ofSeconds(1));
        assertThat(consistency.written).last().isInstanceOf(Change.SessionsLost.class);
        assertThat(leases.size()).isZero();
        assertThat(renew(A)).as("its client registers again").isEmpty();
    }

    @Test
    void heartbeatsKeepItAndOneBringsItBack() {
        register(A, SHORT);
        consistency.written.clear();
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(renew(A)).isPresent();
        }
        assertThat(consistency.written).isEmpty();

        pass(Duration.ofSeconds(4));
        assertThat(renew(A)).isPresent();
        assertThat(registered()).containsExactly(A.withHealthy(false), A);
    }

    @Test
    void registeringAgainReplacesItInTheSameSession() {
        register(A, LeaseTimes.USUAL);
        Publisher publisher = publisher(0);
        consistency.written.clear();

        register(A.withWeight(7), SHORT);

        assertThat(consistency.written)
                .containsExactly(new Change.Register(ORDERS, List.of(A.withWeight(7)), publisher));
        pass(Duration.ofSeconds(3));
        assertThat(registered())
                .as("with its new times")
                .last()
                .isEqualTo(A.withWeight(7).withHealthy(false));
    }

    @Test
    void deregisteringEndsItAtOnce() {
        register(A, LeaseTimes.USUAL);
        ask(new LeaseRequest.Deregister(ORDERS, A.key()));
        assertThat(consistency.written).last().isEqualTo(new Change.SessionClosed(publisher(0)));
        assertThat(renew(A)).isEmpty();
    }

    @Test
    void whatAnotherNodeKeepsIsVoidedByDeregisteringHere() {
        ask(new LeaseRequest.Deregister(ORDERS, A.key()));
        assertThat(consistency.written).as("nobody keeps it").isEmpty();

        Publisher other = new Publisher(Leases.id(ORDERS, A.key()), clock.next());
        loop.run(() -> publications.put(ELSEWHERE, new Publication(ORDERS, A, other, clock.next())));
        ask(new LeaseRequest.Deregister(ORDERS, A.key()));

        assertThat(publisher(0).epoch()).isGreaterThan(other.epoch());
        assertThat(consistency.written).hasSize(3).last().isEqualTo(new Change.SessionClosed(publisher(0)));
    }

    @Test
    void itsLeaseIsDroppedWhenAnotherNodeTakesTheInstanceOn() {
        register(A, LeaseTimes.USUAL);
        Publisher here = publisher(0);

        loop.run(() -> publications.putSession(ELSEWHERE, new Publisher(here.session(), here.epoch() + 1), 5));

        assertThat(consistency.written).last().isEqualTo(new Change.SessionClosed(here));
        assertThat(leases.size()).isZero();
    }

    @Test
    void theTimeInWhichThisNodeStoodStillDoesNotCount() {
        register(A, LeaseTimes.USUAL);
        consistency.written.clear();
        ticker.advance(Duration.ofMinutes(10));
        loop.runAll();
        assertThat(consistency.written).isEmpty();
        pass(Duration.ofSeconds(31));
        assertThat(consistency.written).last().isInstanceOf(Change.SessionsLost.class);
    }

    @Test
    void whatWasHeardAfterThisNodeStoodStillIsForgivenNothing() {
        register(A, LeaseTimes.USUAL);
        ticker.advance(Duration.ofMinutes(10));
        assertThat(renew(A)).isPresent();
        consistency.written.clear();

        pass(Duration.ofSeconds(31));

        assertThat(consistency.written).last().isInstanceOf(Change.SessionsLost.class);
    }

    @Test
    void whatOthersHaveDroppedSinceIsWithdrawnUntilItsClientIsHeardOf() {
        register(A, LeaseTimes.USUAL);
        register(B, LeaseTimes.USUAL);
        Publisher before = publisher(0);
        ticker.advance(Duration.ofSeconds(10));
        long stoppedUntil = ticker.nanos();
        assertThat(renew(B)).as("heard of since").isPresent();
        consistency.written.clear();

        loop.run(() -> publications.droppedElsewhere(stoppedUntil));
        assertThat(consistency.written).containsExactly(new Change.SessionClosed(before));
        assertThat(publications.undecided()).isTrue();

        assertThat(renew(A)).as("no reason to register again").isPresent();
        assertThat(registered()).containsExactly(A);
        assertThat(publisher(1).epoch()).isGreaterThan(before.epoch());
        assertThat(publications.undecided()).isFalse();
        assertThat(leases.size()).isEqualTo(2);
    }

    @Test
    void whatIsWithdrawnIsForgottenWhenItIsEndedOrTakenOnElsewhereOrItsTimeIsOver() {
        register(A, LeaseTimes.USUAL);
        withdraw();
        ask(new LeaseRequest.Deregister(ORDERS, A.key()));
        assertThat(publications.undecided()).isFalse();
        assertThat(renew(A)).isEmpty();

        register(A, LeaseTimes.USUAL);
        withdraw();
        Publisher elsewhere = new Publisher(Leases.id(ORDERS, A.key()), clock.next());
        loop.run(() -> publications.putSession(ELSEWHERE, elsewhere, 5));
        assertThat(publications.undecided()).isFalse();

        register(B, SHORT);
        withdraw();
        pass(SHORT.removedAfter());
        assertThat(publications.undecided()).isFalse();
    }

    private void withdraw() {
        ticker.advance(Duration.ofMillis(1));
        loop.run(() -> publications.droppedElsewhere(ticker.nanos()));
        assertThat(publications.undecided()).isTrue();
    }

    @Test
    void thereIsALimit() {
        register(A, LeaseTimes.USUAL);
        register(B, LeaseTimes.USUAL);
        CompletableFuture<?> third =
                leases.ask(new LeaseRequest.Register(ORDERS, Instance.ephemeral("10.0.0.3", 80), LeaseTimes.USUAL));
        loop.runAll();
        assertThat(third).isCompletedExceptionally();
        assertThat(leases.size()).isEqualTo(2);
        register(A.withWeight(2), LeaseTimes.USUAL);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new LeaseRequest.Register(ORDERS, Instance.persistent("10.0.0.1", 80), SHORT))
                .hasMessageContaining("expected: ephemeral");
        assertThatThrownBy(() -> new LeaseTimes(Duration.ZERO, Duration.ofSeconds(5)))
                .hasMessageContaining("unhealthy_after");
        assertThatThrownBy(() -> new LeaseTimes(Duration.ofSeconds(5), Duration.ofSeconds(4)))
                .hasMessageContaining("removed_after");
    }

    private void register(Instance instance, LeaseTimes times) {
        ask(new LeaseRequest.Register(ORDERS, instance, times));
    }

    private Optional<Written> renew(Instance instance) {
        return ask(new LeaseRequest.Renew(ORDERS, instance.key()));
    }

    private Optional<Written> ask(LeaseRequest request) {
        CompletableFuture<Optional<Written>> answer = leases.ask(request);
        loop.runAll();
        return answer.join();
    }

    private void pass(Duration time) {
        for (long millis = 0; millis < time.toMillis(); millis += 500) {
            ticker.advance(Duration.ofMillis(500));
            loop.runAll();
        }
    }

    private Publisher publisher(int change) {
        return ((Change.SessionOpened) consistency.written.get(change)).publisher();
    }

    private List<Instance> registered() {
        return consistency.written.stream()
                .filter(Change.Register.class::isInstance)
                .flatMap(change -> ((Change.Register) change).instances().stream())
                .toList();
    }
}
