package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.UNWATCH_SERVICES;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH_SERVICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceNames;
import io.gemel.naming.ServicePattern;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Listeners are told which services come and go, and after a loss only what has changed. */
class WatchServicesTest extends ClientFixture {
    private static final ServicePattern ORDERS = new ServicePattern("public", "shop", "orders");
    private static final ServiceId A = new ServiceId("public", "shop", "orders-a");
    private static final ServiceId B = new ServiceId("public", "shop", "orders-b");
    private static final ServiceId C = new ServiceId("public", "shop", "orders-c");

    private final List<ServicesEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void theFirstEventAddsAllAndLaterOnesTellTheDifference() {
        connect(server).subscribeServices("shop", "orders", events::add);
        awaitWatches(1);
        assertThat(server.stream()
                        .requests(WATCH_SERVICES)
                        .get(0)
                        .getWatchServices()
                        .getPattern())
                .satisfies(pattern -> assertThat(pattern.getNamespace()).isEqualTo("public"))
                .satisfies(pattern -> assertThat(pattern.getGroup()).isEqualTo("shop"))
                .satisfies(pattern -> assertThat(pattern.getNamePrefix()).isEqualTo("orders"));

        server.stream().push(all(1, A, B));
        server.stream().push(change(1, 2, List.of(C), List.of(A), 2));
        await().until(() ->
                !events.isEmpty() && events.get(events.size() - 1).services().contains(C));

        assertThat(events.get(events.size() - 1).services()).containsExactly(B, C);
        if (events.size() == 2) { // else the listener thread came late, and was told of both at once
            assertThat(events.get(0).added()).containsExactly(A, B);
            assertThat(events.get(1).added()).containsExactly(C);
            assertThat(events.get(1).removed()).containsExactly(A);
        }
    }

    @Test
    void theFirstEventComesAlsoIfThereIsNoServiceAndManyNamesComeInParts() {
        connect(server).subscribeServices("shop", "orders", events::add);
        awaitWatches(1);
        server.stream().push(all(1));
        awaitEvents(1);
        assertThat(events.get(0).services()).isEmpty();

        ServiceId[] many = IntStream.range(1_000, 2_300)
                .mapToObj(i -> new ServiceId("public", "shop", "orders-" + i))
                .toArray(ServiceId[]::new);
        server.stream().push(all(2, many));
        awaitEvents(2);
        assertThat(events.get(1).services()).containsExactly(many);
    }

    @Test
    void afterAGapOrAWrongNumberOfNamesAllAreAskedForOnce() {
        connect(server).subscribeServices("shop", "orders", events::add);
        awaitWatches(1);
        server.stream().push(all(1, A));
        awaitEvents(1);

        server.stream().push(change(2, 3, List.of(C), List.of(), 2));
        server.stream().push(change(3, 4, List.of(B), List.of(), 3));
        awaitWatches(2);
        server.stream().push(all(4, A, B, C));
        awaitEvents(2);
        assertThat(events.get(1).added()).containsExactly(B, C);

        server.stream().push(change(4, 5, List.of(), List.of(B), 3));
        awaitWatches(3);
        server.stream().push(all(5, A, C));
        awaitEvents(3);
        assertThat(events.get(2).removed()).containsExactly(B);
    }

    @Test
    void afterALossOnlyWhatHasChangedIsTold() {
        NamingService client = connect(server);
        client.subscribeServices("shop", "orders", events::add);
        awaitWatches(1);
        server.stream().push(all(9, A, B));
        awaitEvents(1);

        server.stream().drop();
        awaitLive(client, server, 2);
        awaitWatches(1);
        server.stream().push(change(9, 10, List.of(), List.of(A), 1)); // of another server's history
        server.stream().push(all(3, B, C));
        awaitEvents(2);

        assertThat(events.get(1).added()).containsExactly(C);
        assertThat(events.get(1).removed()).containsExactly(A);
    }

    @Test
    void aWatchEndsWithItsLastSubscription() {
        NamingService client = connect(server);
        Subscription first = client.subscribeServices("shop", "orders", event -> {});
        awaitWatches(1);
        server.stream().push(all(1, A));
        Subscription second = client.subscribeServices("shop", "orders", events::add);
        awaitEvents(1);
        assertThat(server.stream().requests(WATCH_SERVICES)).hasSize(1);

        first.close();
        second.close();
        await().until(() -> server.stream().requests(UNWATCH_SERVICES).size() == 1);
    }

    @Test
    void whatNoNameCanBeginWithIsRefusedAtOnce() {
        NamingService client = connect(server);
        assertThatThrownBy(() -> client.subscribeServices("shop", "or ders", events::add))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("name_prefix");
    }

    private static ServiceNames.Change all(long revision, ServiceId... services) {
        return new ServiceNames.Change(
                ORDERS, Optional.empty(), revision, List.of(services), List.of(), services.length);
    }

    private static ServiceNames.Change change(
            long from, long revision, List<ServiceId> added, List<ServiceId> removed, int total) {
        return new ServiceNames.Change(ORDERS, Optional.of(from), revision, added, removed, total);
    }

    private void awaitEvents(int count) {
        await().until(() -> events.size() >= count);
        assertThat(events).hasSize(count);
    }

    private void awaitWatches(int count) {
        await().until(() -> server.stream().requests(WATCH_SERVICES).size() >= count);
    }
}
