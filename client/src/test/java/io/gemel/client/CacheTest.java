package io.gemel.client;

import static io.gemel.client.FakeServer.view;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that has a cache starts without servers, says that what it shows is stale, and takes over what the first server says. */
class CacheTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final List<ServiceEvent> events = new CopyOnWriteArrayList<>();

    @TempDir
    Path dir;

    @Test
    void aStartWithoutServersShowsWhatWasLastConfirmedUntilAServerAnswers() {
        rememberAAndB();
        NamingService client = connect(options(server).withCacheDir(dir).withConnectTimeout(SHORT));
        assertThat(client.server()).isEmpty();

        client.subscribe(ORDERS, events::add);

        await().until(() -> events.size() == 1);
        assertThat(events.get(0).stale()).isTrue();
        assertThat(events.get(0).added()).containsExactly(A, B);
        assertThat(client.select(ORDERS, Selection.USABLE)).containsExactly(A, B);
        FakeServer back = opened(FakeServer.startAt(server.port()));
        awaitLive(client, back, 1);
        await().until(() -> !back.stream().requests(WATCH).isEmpty());
        back.stream().push(view(ORDERS, 1, B));
        await().until(() -> events.size() == 2);
        assertThat(events.get(1).stale()).isFalse();
        assertThat(events.get(1).removed()).containsExactly(A);
    }

    @Test
    void itStartsAtOnceIfAllRefuseTheConnectionAndItShallNotWait() {
        rememberAAndB();

        NamingService client = connect(options(server).withCacheDir(dir).withAwaitServer(false));

        assertThat(client.server()).isEmpty();
    }

    @Test
    void whatIsSelectedFromWithoutASubscriptionIsRememberedToo() {
        server.finds(view(ORDERS, 1, A));
        NamingService first = connect(options(server).withCacheDir(dir));
        assertThat(first.select(ORDERS, Selection.ALL)).containsExactly(A);
        first.close();
        server.close();

        NamingService client = connect(
                options(server).withCacheDir(dir).withConnectTimeout(SHORT).withRequestTimeout(SHORT));

        assertThat(client.select(ORDERS, Selection.ALL)).containsExactly(A);
        assertThat(client.selectOne(ORDERS)).contains(A);
        assertThatThrownBy(() -> client.find(ORDERS, ReadLevel.LOCAL))
                .as("who asks a server gets no cached answer")
                .isInstanceOf(RegistryException.class);
    }

    @Test
    void aBalancerBeginsWithTheCacheAndGoesOnWithTheServer() {
        rememberAAndB();
        NamingService client = connect(options(server).withCacheDir(dir).withConnectTimeout(SHORT));
        Balancer balancer = client.balancer("orders", Strategy.ROUND_ROBIN);
        assertThat(Stream.of(balancer.next(), balancer.next()).map(next -> next.orElseThrow()))
                .containsExactlyInAnyOrder(A, B);

        FakeServer back = opened(FakeServer.startAt(server.port()));
        awaitLive(client, back, 1);
        await().until(() -> !back.stream().requests(WATCH).isEmpty());
        back.stream().push(view(ORDERS, 1, B));

        await().until(() -> Stream.generate(balancer::next)
                .limit(4)
                .allMatch(next -> next.orElseThrow().equals(B)));
    }

    @Test
    void aServerThatHoldsTheSessionAndTellsNothingIsStoodInForAfterAMoment() {
        rememberAAndB();
        FakeServer starting = opened(FakeServer.startAt(server.port())); // it pushes nothing
        NamingService client = connect(options(starting).withCacheDir(dir));

        client.subscribe(ORDERS, events::add);

        await().until(() -> events.size() == 1);
        assertThat(events.get(0).stale()).isTrue();
    }

    @Test
    void anEmptyCacheIsNoStart() {
        server.close();

        assertThatThrownBy(() ->
                        NamingService.connect(options(server).withCacheDir(dir).withConnectTimeout(SHORT)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(server.address());
    }

    @Test
    void withoutBeingAskedNothingIsWritten() throws IOException {
        NamingService client = connect(server);
        client.subscribe(ORDERS, events::add);
        await().until(() -> !server.stream().requests(WATCH).isEmpty());
        server.stream().push(view(ORDERS, 1, A));
        await().until(() -> events.size() == 1);
        client.close();

        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files).isEmpty();
        }
    }

    /** A client learns of both and ends; then the server does. */
    private void rememberAAndB() {
        NamingService first = connect(options(server).withCacheDir(dir));
        first.subscribe(ORDERS, events::add);
        await().until(() -> !server.stream().requests(WATCH).isEmpty());
        server.stream().push(view(ORDERS, 1, A, B));
        await().until(() -> events.size() == 1);
        first.close();
        server.close();
        events.clear();
    }
}
