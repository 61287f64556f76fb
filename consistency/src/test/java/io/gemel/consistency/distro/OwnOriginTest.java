package io.gemel.consistency.distro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.OriginId;
import io.gemel.naming.Publication;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a node keeps the record of a session that ended, for those who hear late of what it left elsewhere. */
class OwnOriginTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance INSTANCE = Instance.ephemeral("10.0.0.1", 8080);
    private static final OriginId ELSEWHERE = new OriginId("s1", 1);
    private static final Publisher BEFORE = new Publisher("session", 1);
    private static final Publisher HERE = new Publisher("session", 2);
    private static final int INSTANCES_MAX = 3;
    private static final Duration RETENTION = DistroConfig.DEFAULT.recordRetention();

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final ServiceIndex index = new ServiceIndex(loop, views -> {});
    private final LamportClock clock = new LamportClock();
    private final Publications publications = new Publications(loop, index, clock);
    private final OwnOrigin own = own(INSTANCES_MAX);

    private OwnOrigin own(int instancesMax) {
        return new OwnOrigin(
                new OriginId("s2", 1),
                new OriginLog(100),
                TestDomain.of(loop, index, publications, clock),
                ticker,
                () -> 3,
                instancesMax);
    }

    @Test
    void aSessionThatWasNeverElsewhereLeavesNothing() {
        liveAndEnd(false);

        assertThat(own.log().entries()).isZero();
    }

    @Test
    void theRecordOfOneThatMovedHereIsErasedWhenItsTimeIsOver() {
        liveAndEnd(true);
        assertThat(own.log().entries()).isEqualTo(1);

        eraseAfter(RETENTION.minusNanos(1));
        assertThat(own.log().entries()).isEqualTo(1);

        eraseAfter(Duration.ofNanos(1));
        assertThat(own.log().entries()).isZero();
    }

    @Test
    void aRecordIsKeptForAsLongAsAnotherNodeHoldsWhatItVoids() {
        Publication left = new Publication(ORDERS, INSTANCE, BEFORE, clock.next());
        loop.run(() -> publications.put(ELSEWHERE, left));
        liveAndEnd(true);

        eraseAfter(RETENTION.multipliedBy(10));
        assertThat(own.log().entries()).isEqualTo(1);
        assertThat(index.view(ORDERS).instances()).isEmpty();

        loop.run(() -> publications.remove(ELSEWHERE, left.slot()));
        eraseAfter(Duration.ZERO);
        assertThat(own.log().entries()).isZero();
    }

    @Test
    void aGoodbyeInTheMiddleOfAReplayIsOneToWhatTheSessionLeftElsewhereToo() {
        String id = "0123456789abcdef0123456789abcdef";
        Publication left = new Publication(ORDERS, INSTANCE, new Publisher(id, 1), clock.next());
        loop.run(() -> publications.put(ELSEWHERE, left));
        Sessions sessions = sessions();
        CompletableFuture<Sessions.Opened> moved = sessions.resume(new Sessions.Resume(id, id, 1), new Silent());
        loop.runAll();
        assertThat(index.view(ORDERS).instances()).containsExactly(INSTANCE);

        CompletableFuture<Written> closed = sessions.close(moved.join().publisher());
        loop.runAll();

        assertThat(closed).isCompleted();
        assertThat(index.view(ORDERS).instances()).isEmpty();
        eraseAfter(RETENTION.multipliedBy(10));
        assertThat(index.view(ORDERS).instances()).isEmpty();
    }

    @Test
    void aSessionHasALimitOfInstancesAndIsToldWithNothingHalfDone() {
        loop.run(() -> {
            own.apply(new Change.SessionOpened(HERE, false));
            own.apply(register(1, 2));
        });
        assertThatThrownBy(() -> loop.run(() -> own.apply(register(2, 3))))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("2 more than the 2")
                .hasMessageContaining("at most " + INSTANCES_MAX + " in a session");
        assertThat(index.view(ORDERS).instances()).hasSize(2);

        loop.run(() -> own.apply(register(1, 3)));
        assertThat(index.view(ORDERS).instances())
                .as("what it has already does not count twice")
                .hasSize(INSTANCES_MAX);
    }

    /** Peers are sent a message for each 512 changes, but a batch in one, or somebody would see a part of it. */
    @Test
    void aBatchThatTakesThePlaceOfSuspectsIsOneChange() {
        int half = 300;
        Publisher one = new Publisher("one", 1);
        Publisher other = new Publisher("other", 1);
        OwnOrigin large = own(2 * half);
        large.suspects().allow(true);
        loop.run(() -> {
            large.apply(new Change.SessionOpened(one, false));
            large.apply(register(1, half, one));
            large.apply(new Change.SessionOpened(other, false));
            large.apply(register(1 + half, half, other));
            large.apply(new Change.SessionsLost(List.of(one, other), List.of()));
        });
        assertThat(large.suspects().size()).isEqualTo(2 * half);
        long before = large.log().sequence();

        loop.run(() -> {
            large.apply(new Change.SessionOpened(HERE, false));
            large.apply(register(1, 2 * half, HERE));
        });

        assertThat(large.suspects().size()).isZero();
        assertThat(large.log().after(before, 512).getChangeList())
                .filteredOn(change -> change.hasPut())
                .hasSize(2 * half);
    }

    private Sessions sessions() {
        ConsistencyService applied = new ConsistencyService() {
            @Override
            public CompletableFuture<Written> write(Change change) {
                own.apply(change);
                return CompletableFuture.completedFuture(new Written(own.log().sequence()));
            }

            @Override
            public CompletableFuture<Void> readable(ReadLevel level) {
                return CompletableFuture.completedFuture(null);
            }
        };
        Sessions.Config config = new Sessions.Config(Duration.ofSeconds(2), 10);
        return new Sessions(loop, ticker, new Random(1), config, clock, publications, applied);
    }

    /** A connection that is told nothing in these tests. */
    private static final class Silent implements Sessions.Connection {
        @Override
        public void ended(RegistryException reason) {}

        @Override
        public void draining() {}
    }

    private static Change register(int first, int count) {
        return register(first, count, HERE);
    }

    private static Change register(int first, int count, Publisher publisher) {
        return new Change.Register(
                ORDERS,
                IntStream.range(first, first + count)
                        .mapToObj(port -> Instance.ephemeral("10.0.0.1", port))
                        .toList(),
                publisher);
    }

    private void liveAndEnd(boolean resumed) {
        loop.run(() -> {
            own.apply(new Change.SessionOpened(HERE, resumed));
            own.apply(new Change.Register(ORDERS, List.of(INSTANCE), HERE));
            own.apply(new Change.SessionReplayed(HERE, 42));
        });
        assertThat(index.view(ORDERS).instances()).containsExactly(INSTANCE);
        assertThat(own.log().entries()).isEqualTo(2);
        loop.run(() -> own.apply(new Change.SessionClosed(HERE)));
        assertThat(index.view(ORDERS).instances()).isEmpty();
    }

    private void eraseAfter(Duration time) {
        ticker.advance(time);
        loop.run(() -> own.eraseClosed(RETENTION));
    }
}
