package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.AtOnceConsistency;
import io.gemel.naming.Change;
import io.gemel.naming.ConsistencyService;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Naming;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Readiness;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a connection publishes of a service is what it was last told that it does, whatever was refused meanwhile. */
final class PublishingTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Publisher PUBLISHER = new Publisher("0".repeat(32), 1);

    private final ManualLoop loop = new ManualLoop();
    private final List<List<String>> shown = new ArrayList<>();
    private final ServiceIndex index = new ServiceIndex(
            loop,
            views -> views.forEach(view -> shown.add(view.instances().stream()
                    .map(Instance::key)
                    .map(Object::toString)
                    .toList())));
    private final LamportClock clock = new LamportClock();
    private final Publications publications = new Publications(loop, index, clock);
    private final Refusing consistency = new Refusing();
    private final Naming naming = new Naming(
            consistency,
            index,
            new Subscriptions(loop),
            new Sessions(
                    loop,
                    new ManualTicker(),
                    new Random(1),
                    new Sessions.Config(Duration.ofSeconds(2), 1),
                    clock,
                    publications,
                    consistency),
            new Readiness());
    private final CompletableFuture<Publisher> session = CompletableFuture.completedFuture(PUBLISHER);
    private final Publishing publishing = new Publishing(naming, session);

    /** Refuses in the loop, where the real ones do, what it is told to refuse. */
    private final class Refusing implements ConsistencyService {
        final ConsistencyService others = new AtOnceConsistency(loop, index, publications, clock);
        Predicate<Change> refused = change -> false;

        @Override
        public CompletableFuture<Written> write(Change change) {
            CompletableFuture<Written> written = new CompletableFuture<>();
            loop.execute(() -> {
                if (refused.test(change)) {
                    written.completeExceptionally(
                            new RegistryException(RegistryException.Code.OVERLOADED, "a limit is reached"));
                } else {
                    var unused = others.write(change).thenAccept(written::complete);
                }
            });
            return written;
        }

        @Override
        public CompletableFuture<Void> readable(ReadLevel level) {
            return CompletableFuture.completedFuture(null);
        }

        void refuseRegistrationsOf(String ip) {
            refused = change -> change instanceof Change.Register register
                    && register.instances().stream()
                            .anyMatch(instance -> instance.key().ip().equals(ip));
        }

        void refuseRemovals() {
            refused = change -> change instanceof Change.Deregister;
        }

        void refuseNothing() {
            refused = change -> false;
        }
    }

    private CompletableFuture<Void> publish(String... ips) {
        List<Instance> instances =
                Stream.of(ips).map(ip -> Instance.ephemeral(ip, 80)).toList();
        return publishing.publish(ORDERS, instances, "register");
    }

    private void published(String... ips) {
        CompletableFuture<Void> accepted = publish(ips);
        loop.runAll();
        assertThat(accepted).isCompletedWithValue(null);
        assertThat(listed()).containsExactlyInAnyOrder(ips);
    }

    private List<String> listed() {
        return naming.present(ORDERS).instances().stream()
                .map(instance -> instance.key().ip())
                .toList();
    }

    @Test
    void aPublicationThatIsRefusedLeavesTheFormerOne() {
        published("a");
        consistency.refuseRegistrationsOf("b");

        CompletableFuture<Void> refused = publish("b");
        loop.runAll();
        assertThat(refused).isCompletedExceptionally();
        assertThat(listed()).containsExactly("a");

        consistency.refuseNothing();
        published("b");
    }

    @Test
    void atNoMomentIsNeitherTheFormerNorTheNewOneListed() {
        published("a");
        CompletableFuture<Void> second = publish("b");
        while (loop.turn(1)) {
            assertThat(listed()).isNotEmpty();
        }
        assertThat(second).isCompletedWithValue(null);
        assertThat(listed()).containsExactly("b");
        assertThat(shown).doesNotContain(List.of());
    }

    @Test
    void ofThoseUnderWayTheLastThatIsAcceptedCounts() {
        List<CompletableFuture<Void>> accepted = List.of(publish("a"), publish("b"), publish("a"));
        loop.runAll();
        assertThat(accepted).allSatisfy(each -> assertThat(each).isCompletedWithValue(null));
        assertThat(listed()).containsExactly("a");

        consistency.refuseRegistrationsOf("a");
        CompletableFuture<Void> before = publish("b");
        CompletableFuture<Void> refused = publish("a");
        loop.runAll();
        assertThat(before).isCompletedWithValue(null);
        assertThat(refused).isCompletedExceptionally();
        assertThat(listed()).containsExactly("b");
    }

    @Test
    void whatEndsAPublicationUnderWayEndsItAndOneBehindThatStays() {
        List<CompletableFuture<Void>> two = List.of(publish("a"), publishing.end(ORDERS));
        loop.runAll();
        assertThat(two).allSatisfy(each -> assertThat(each).isCompletedWithValue(null));
        assertThat(listed()).isEmpty();

        List<CompletableFuture<Void>> three = List.of(publish("a"), publishing.end(ORDERS), publish("b"));
        loop.runAll();
        assertThat(three).allSatisfy(each -> assertThat(each).isCompletedWithValue(null));
        assertThat(listed()).containsExactly("b");
    }

    @Test
    void aServiceDoesNotWaitForAnother() {
        ServiceId other = ServiceId.of("other");
        List<CompletableFuture<Void>> two = List.of(publish("a"), publish("b"));
        CompletableFuture<Void> moved = publishing.publish(other, List.of(Instance.ephemeral("a", 80)), "register");
        while (!moved.isDone()) {
            assertThat(loop.turn(1)).isTrue();
        }
        assertThat(two.get(1)).isNotDone();
        assertThat(naming.present(other).instances()).hasSize(1);

        loop.runAll();
        assertThat(listed()).as("it is another service's").containsExactly("b");
        assertThat(naming.present(other).instances()).hasSize(1);
    }

    @Test
    void whatCannotBeRemovedIsToldAndRemovedByTheNextRequest() {
        published("a");
        consistency.refuseRemovals();
        CompletableFuture<Void> half = publish("b");
        loop.runAll();
        assertThat(half).isCompletedExceptionally();
        assertThat(listed()).containsExactly("a", "b");
        CompletableFuture<Void> ended = publishing.end(ORDERS);
        loop.runAll();
        assertThat(ended).isCompletedExceptionally();

        consistency.refuseNothing();
        published("b");
    }

    @Test
    void ofALargeBatchNothingStaysIfAPartIsRefused() {
        published("a", "h7");
        String[] many = IntStream.range(0, 2_500).mapToObj(i -> "h" + i).toArray(String[]::new);
        consistency.refuseRegistrationsOf("h1500");

        CompletableFuture<Void> refused = publish(many);
        loop.runAll();
        assertThat(refused).isCompletedExceptionally();
        assertThat(listed()).containsExactly("a", "h7");

        consistency.refuseRemovals();
        CompletableFuture<Void> half = publish(many);
        loop.runAll();
        assertThat(half).isCompletedExceptionally();
        assertThat(listed()).hasSize(2_501);
        consistency.refuseNothing();
        CompletableFuture<Void> ended = publishing.end(ORDERS);
        loop.runAll();
        assertThat(ended).isCompletedWithValue(null);
        assertThat(listed()).isEmpty();
    }

    @Test
    void whatAPartOfALargeBatchReplacedComesBackIfAnotherPartIsRefused() {
        published("a", "h7");
        List<Instance> many = IntStream.range(0, 1_500)
                .mapToObj(i -> Instance.ephemeral("h" + i, 80).withWeight(9))
                .toList();
        consistency.refuseRegistrationsOf("h1200");

        CompletableFuture<Void> refused = publishing.publish(ORDERS, many, "batch register");
        loop.runAll();
        assertThat(refused).isCompletedExceptionally();
        assertThat(naming.present(ORDERS).instances())
                .containsExactly(Instance.ephemeral("a", 80), Instance.ephemeral("h7", 80));

        consistency.refuseNothing();
        published("h7");
    }

    @Test
    void requestsBeforeTheSessionKeepTheirOrder() {
        CompletableFuture<Publisher> opening = new CompletableFuture<>();
        Publishing early = new Publishing(naming, opening);
        List<CompletableFuture<Void>> two = List.of(
                early.publish(ORDERS, List.of(Instance.ephemeral("a", 80)), "register"),
                early.publish(ORDERS, List.of(Instance.ephemeral("b", 80)), "register"));
        opening.complete(PUBLISHER);
        loop.runAll();
        assertThat(two).allSatisfy(each -> assertThat(each).isCompletedWithValue(null));
        assertThat(listed()).containsExactly("b");
    }

    @Test
    void whoWaitsForASessionThatDoesNotOpenIsRefused() {
        CompletableFuture<Publisher> opening = new CompletableFuture<>();
        Publishing early = new Publishing(naming, opening);
        CompletableFuture<Void> first = early.publish(ORDERS, List.of(Instance.ephemeral("a", 80)), "register");
        CompletableFuture<Void> second = early.end(ORDERS);
        opening.completeExceptionally(
                new RegistryException(RegistryException.Code.NO_SESSION, "the connection is over"));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isCompletedExceptionally();
        assertThat(listed()).isEmpty();
    }

    @Test
    void asManyAsAConnectionMayHaveUnderWayAreRefusedOneBehindTheOther() {
        consistency.refuseRegistrationsOf("a");
        List<CompletableFuture<Void>> refused =
                IntStream.range(0, 20_000).mapToObj(i -> publish("a")).toList();
        loop.runAll();
        assertThat(refused).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(listed()).isEmpty();
    }
}
