package io.gemel.client;

import static io.gemel.client.FakeServer.view;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.UNWATCH;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Listeners are told the way from each state to the next, in order, however slow they are and whatever they throw. */
class WatchTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);
    private static final Instance C = Instance.ephemeral("10.0.0.3", 8080);

    private final List<ServiceEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void theFirstEventAddsAllAndLaterOnesTellTheDifference() {
        NamingService client = connect(server);
        client.subscribe(ORDERS, events::add);
        awaitWatched(1);

        server.stream().push(view(ORDERS, 1, A, B));
        awaitEvents(1);
        server.stream().push(view(ORDERS, 2, B.withWeight(5), C));
        awaitEvents(2);

        assertThat(events.get(0).added()).containsExactly(A, B);
        assertThat(events.get(0).removed()).isEmpty();
        assertThat(events.get(0).changed()).isEmpty();
        assertThat(events.get(1).added()).containsExactly(C);
        assertThat(events.get(1).removed()).containsExactly(A);
        assertThat(events.get(1).changed()).containsExactly(B.withWeight(5));
        assertThat(events.get(1).instances()).containsExactly(B.withWeight(5), C);
    }

    @Test
    void theFirstEventComesAlsoIfNothingIsRegistered() {
        connect(server).subscribe(ORDERS, events::add);
        awaitWatched(1);

        server.stream().push(view(ORDERS, 1));

        awaitEvents(1);
        assertThat(events.get(0).instances()).isEmpty();
    }

    @Test
    void whatOperatorsSetForTheServiceIsAnEvent() {
        connect(server).subscribe(ORDERS, events::add);
        awaitWatched(1);
        Instance sick = A.withHealthy(false);
        List<Registration> registrations = view(ORDERS, 1, sick).registrations();

        push(new ServiceView(ORDERS, 1, registrations), 1);
        push(new ServiceView(ORDERS, 2, registrations, ServiceSettings.NONE.withProtectionThreshold(0.5)), 2);
        push(new ServiceView(ORDERS, 3, registrations, ServiceSettings.NONE.withMetadata(Map.of("k", "v"))), 3);

        assertThat(events.get(1).view().protectionReached()).isTrue();
        assertThat(events.get(1).changed()).isEmpty();
        assertThat(events.get(1).instances()).containsExactly(sick);
        assertThat(events.get(2).view().protectionReached()).isFalse();
        assertThat(events.get(2).view().metadata()).containsEntry("k", "v");
    }

    @Test
    void aViewWithoutAnyDifferenceIsNoEvent() {
        connect(server).subscribe(ORDERS, events::add);
        awaitWatched(1);

        push(view(ORDERS, 1, A), 1);
        server.stream().push(view(ORDERS, 2, A));
        push(view(ORDERS, 3, A, B), 2);

        assertThat(events.get(1).view().revision()).isEqualTo(3);
    }

    @Test
    void aLateSubscriberIsToldThePresentStateWithoutAnotherWatch() {
        NamingService client = connect(server);
        client.subscribe(ORDERS, event -> {});
        awaitWatched(1);
        server.stream().push(view(ORDERS, 1, A));
        await().until(() -> client.select(ORDERS, Selection.ALL).equals(List.of(A)));

        client.subscribe(ORDERS, events::add);

        awaitEvents(1);
        assertThat(events.get(0).added()).containsExactly(A);
        assertThat(server.stream().requests(WATCH)).hasSize(1);
    }

    @Test
    void aSlowListenerIsToldTheNewestStateAndKeepsNobodyElseOfTheNetworkWaiting() {
        NamingService client = connect(server);
        CountDownLatch slow = new CountDownLatch(1);
        client.subscribe(ORDERS, event -> {
            events.add(event);
            awaitLatch(slow);
        });
        awaitWatched(1);
        push(view(ORDERS, 1, A), 1);

        for (int weight = 1; weight <= 200; weight++) {
            server.stream().push(view(ORDERS, 1 + weight, A, B.withWeight(weight)));
        }
        await().until(() -> client.select(ORDERS, Selection.ALL).contains(B.withWeight(200)));
        client.register(ORDERS, C);
        slow.countDown();

        awaitEvents(2);
        assertThat(events.get(1).added()).containsExactly(B.withWeight(200));
        assertThat(events.get(1).changed()).isEmpty();
    }

    @Test
    void aListenerThatThrowsHarmsNeitherItselfNorOthers() {
        NamingService client = connect(server);
        AtomicInteger thrown = new AtomicInteger();
        client.subscribe(ORDERS, event -> {
            thrown.incrementAndGet();
            throw new IllegalStateException("as the test wants it");
        });
        client.subscribe(ORDERS, events::add);
        awaitWatched(1);

        push(view(ORDERS, 1, A), 1);
        push(view(ORDERS, 2, A, B), 2);

        await().until(() -> thrown.get() == 2);
    }

    @Test
    void aListenerMayCallTheClientAndWait() {
        NamingService client = connect(server);
        client.subscribe(ORDERS, event -> {
            client.register(ServiceId.of("stock"), A);
            events.add(event);
        });
        awaitWatched(1);

        push(view(ORDERS, 1, A), 1);
    }

    @Test
    void afterALossOnlyWhatHasChangedIsToldAndUntilThenTheLastStateStands() {
        NamingService client = connect(server);
        client.subscribe(ORDERS, events::add);
        awaitWatched(1);
        push(view(ORDERS, 9, A, B), 1);

        server.stream().drop();
        awaitLive(client, server, 2);
        awaitWatched(1);
        assertThat(client.select(ORDERS, Selection.ALL)).containsExactly(A, B);
        push(view(ORDERS, 3, B, C), 2);

        assertThat(events.get(1).added()).containsExactly(C);
        assertThat(events.get(1).removed()).containsExactly(A);
        assertThat(events.get(1).changed()).isEmpty();
    }

    @Test
    void aWatchEndsWithItsLastSubscription() {
        NamingService client = connect(server);
        Subscription first = client.subscribe(ORDERS, event -> {});
        Subscription second = client.subscribe(ORDERS, events::add);
        awaitWatched(1);

        first.close();
        first.close();
        push(view(ORDERS, 1, A), 1);
        second.close();

        await().until(() -> server.stream().requests(UNWATCH).size() == 1);
        server.stream().push(view(ORDERS, 2, A, B));
        client.register(ORDERS, A); // its answer comes after that view
        assertThat(events).hasSize(1);
    }

    @Test
    void aWatchThatIsRefusedIsTriedAgain() {
        server.reply(WATCH, message -> {
            server.replyAsUsual(WATCH);
            return FakeServer.refusal(Code.OVERLOADED);
        });

        connect(server).subscribe(ORDERS, events::add);

        awaitWatched(2);
        assertThat(server.streams()).hasSize(1);
    }

    private void push(ServiceView view, int events) {
        server.stream().push(view);
        awaitEvents(events);
    }

    private void awaitEvents(int count) {
        await().until(() -> events.size() >= count);
        assertThat(events).hasSize(count);
    }

    private void awaitWatched(int count) {
        await().until(() -> server.stream().requests(WATCH).size() >= count);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
