package io.gemel.client;

import static io.gemel.client.FakeServer.view;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.UNWATCH;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.WATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A balancer follows its service as a subscription does, and depends neither on a server nor on slow listeners when it chooses. */
class BalancerTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);
    private static final Probing OFTEN = new Probing(Duration.ofMillis(20), Duration.ofSeconds(5), 4);

    @Test
    void itBeginsWithWhatAServerFindsAndGoesOnWithWhatItIsTold() {
        server.finds(view(ORDERS, 1, A));
        Balancer balancer = connect(server).balancer("orders", Strategy.ROUND_ROBIN);
        assertThat(balancer.next()).contains(A);

        push(view(ORDERS, 2, B));

        await().until(() -> balancer.next().orElseThrow().equals(B));
        assertThat(server.unaryCalls()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void itBeginsAlsoIfNothingIsRegistered() {
        server.refuseUnary(call -> Optional.of(Code.NOT_FOUND));
        Balancer balancer = connect(server).balancer("orders", Strategy.RANDOM);
        assertThat(balancer.next()).isEmpty();

        push(view(ORDERS, 2, A));

        await().until(() -> balancer.next().isPresent());
    }

    @Test
    void itGoesOnWhileAListenerBlocksAndTheServerIsGone() {
        server.finds(view(ORDERS, 1, A));
        NamingService client = connect(server);
        Balancer balancer = client.balancer("orders", Strategy.LEAST_RECENTLY_USED);
        CountDownLatch never = new CountDownLatch(1);
        client.subscribe(ORDERS, event -> awaitLatch(never));
        push(view(ORDERS, 2, B));
        await().until(() -> balancer.next().orElseThrow().equals(B));

        server.close();

        assertThat(balancer.next()).contains(B);
        never.countDown();
    }

    @Test
    void itsWatchEndsWithIt() {
        server.finds(view(ORDERS, 1, A));
        Balancer balancer = connect(server).balancer("orders", Strategy.RANDOM);

        balancer.close();
        balancer.close();

        await().until(() -> server.stream().requests(UNWATCH).size() == 1);
        assertThat(balancer.next()).contains(A);
    }

    @Test
    void whereItCannotBeginNothingIsLeftBehind() {
        NamingService client = connect(server);
        server.refuseUnary(call -> Optional.of(Code.OVERLOADED));

        assertThatThrownBy(() -> client.balancer("orders", Strategy.RANDOM))
                .isInstanceOfSatisfying(
                        RegistryException.class, why -> assertThat(why.code()).isEqualTo(Code.OVERLOADED));

        await().until(() -> server.stream().requests(UNWATCH).size()
                == server.stream().requests(WATCH).size());
    }

    @Test
    void aClosedClientMakesNone() {
        NamingService client = connect(server);
        client.close();

        assertThat(refusal(client.balancerAsync(ORDERS, BalancerOptions.of(Strategy.RANDOM))))
                .isEqualTo(Code.SHUTTING_DOWN);
    }

    @Test
    void probesFindAPortWhereNobodyListens() throws IOException {
        Instance open = Instance.ephemeral("127.0.0.1", server.port());
        Instance other = Instance.ephemeral("127.0.0.2", server.port()).withHealthy(false);
        Instance shut;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            shut = Instance.ephemeral("127.0.0.1", socket.getLocalPort());
        }
        server.finds(view(ORDERS, 1, open, shut, other));
        BalancerOptions options = BalancerOptions.of(Strategy.RANDOM).withProbing(OFTEN);
        Balancer balancer = connect(server).balancer(ORDERS, options);

        await().until(() -> balancer.ejected().contains(shut.key()));

        assertThat(balancer.next()).contains(open);
        assertThat(balancer.ejected()).containsExactly(shut.key());
    }

    private void push(ServiceView view) {
        await().until(() -> !server.stream().requests(WATCH).isEmpty());
        server.stream().push(view);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
