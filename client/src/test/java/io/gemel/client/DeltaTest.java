package io.gemel.client;

import static io.gemel.client.FakeServer.view;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a server tells of changes is taken only if it leads from what the client has to what the server has. */
class DeltaTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);
    private static final Instance C = Instance.ephemeral("10.0.0.3", 8080);
    private static final Instance D = Instance.ephemeral("10.0.0.4", 8080);

    private final List<ServiceEvent> events = new CopyOnWriteArrayList<>();

    @Test
    void changesLeadToEventsAsViewsDo() {
        connect(server).subscribe(ORDERS, events::add);
        awaitWatches(1);
        assertThat(server.stream().requests(WATCH).get(0).getWatch().getDeltas())
                .isTrue();

        server.stream().push(view(ORDERS, 1, A, B, C));
        awaitEvents(1);
        server.stream().push(delta(view(ORDERS, 1, A, B, C), view(ORDERS, 2, A, B.withWeight(5), C, D)));
        awaitEvents(2);
        server.stream().push(delta(view(ORDERS, 2, A, B.withWeight(5), C, D), view(ORDERS, 3, A, C, D)));
        awaitEvents(3);

        assertThat(events.get(1).added()).containsExactly(D);
        assertThat(events.get(1).changed()).containsExactly(B.withWeight(5));
        assertThat(events.get(2).removed()).containsExactly(B.withWeight(5));
        assertThat(events.get(2).instances()).containsExactly(A, C, D);
        assertThat(events.get(2).view().revision()).isEqualTo(3);
        assertThat(server.stream().requests(WATCH)).hasSize(1);
    }

    @Test
    void afterAGapTheWholeViewIsAskedForOnceAndWhatLeadsOnFromTheGapIsIgnored() {
        connect(server).subscribe(ORDERS, events::add);
        awaitWatches(1);
        server.stream().push(view(ORDERS, 1, A, B));
        awaitEvents(1);

        server.stream().push(delta(view(ORDERS, 2, A, B), view(ORDERS, 3, A, B, C)));
        server.stream().push(delta(view(ORDERS, 3, A, B, C), view(ORDERS, 4, A, B, C, D)));
        awaitWatches(2);
        server.stream().push(delta(view(ORDERS, 1, A, B), view(ORDERS, 5, A, B, C)));
        server.stream().push(view(ORDERS, 6, A, B, D));
        awaitEvents(2);
        server.stream().push(delta(view(ORDERS, 6, A, B, D), view(ORDERS, 7, A, B, C, D)));
        awaitEvents(3);

        assertThat(events.get(1).added()).containsExactly(D);
        assertThat(events.get(2).added()).containsExactly(C);
        assertThat(server.stream().requests(WATCH)).hasSize(2);
    }

    @Test
    void aChangeThatLeadsToAnotherContentThanTheServersIsNotTaken() {
        NamingService client = connect(server);
        client.subscribe(ORDERS, events::add);
        awaitWatches(1);
        server.stream().push(view(ORDERS, 1, A, B));
        awaitEvents(1);
        ViewDelta right = delta(view(ORDERS, 1, A, B), view(ORDERS, 2, A, B, C));

        server.stream().push(new ViewDelta(ORDERS, 1, 2, right.put(), List.of(), right.settings(), right.digest() ^ 1));
        awaitWatches(2);
        assertThat(client.select(ORDERS, Selection.ALL)).containsExactly(A, B);
        server.stream().push(view(ORDERS, 2, A, B, C));
        awaitEvents(2);

        assertThat(events.get(1).added()).containsExactly(C);
    }

    @Test
    void afterAReconnectionNothingIsTakenBeforeAWholeView() {
        NamingService client = connect(server);
        client.subscribe(ORDERS, events::add);
        awaitWatches(1);
        server.stream().push(view(ORDERS, 1, A, B));
        awaitEvents(1);

        server.stream().drop();
        awaitLive(client, server, 2);
        awaitWatches(1);
        server.stream().push(delta(view(ORDERS, 1, A, B), view(ORDERS, 2, A, B, D))); // of another server's history
        server.stream().push(view(ORDERS, 1, A, B, C));
        awaitEvents(2);
        server.stream().push(delta(view(ORDERS, 1, A, B, C), view(ORDERS, 2, A, B, C, D)));
        awaitEvents(3);

        assertThat(events.get(1).added()).containsExactly(C);
        assertThat(events.get(2).added()).containsExactly(D);
        assertThat(server.stream().requests(WATCH)).hasSize(1);
    }

    @Test
    void aWatchAnewThatIsRefusedIsTriedAgain() {
        connect(server).subscribe(ORDERS, events::add);
        awaitWatches(1);
        server.stream().push(view(ORDERS, 1, A, B));
        awaitEvents(1);
        server.reply(WATCH, message -> {
            server.replyAsUsual(WATCH);
            return FakeServer.refusal(Code.OVERLOADED);
        });

        server.stream().push(delta(view(ORDERS, 2, A, B), view(ORDERS, 3, A, B, C)));

        awaitWatches(3);
    }

    private static ViewDelta delta(ServiceView before, ServiceView after) {
        return ViewDelta.between(before, after).orElseThrow();
    }

    private void awaitEvents(int count) {
        await().until(() -> events.size() >= count);
        assertThat(events).hasSize(count);
    }

    private void awaitWatches(int count) {
        await().until(() -> server.stream().requests(WATCH).size() >= count);
    }
}
