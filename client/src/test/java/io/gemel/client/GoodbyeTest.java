package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.CLOSE;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REGISTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.internal.ClientSettings;
import io.gemel.client.internal.RegistryClient;
import io.gemel.client.internal.SimulatedGround;
import io.gemel.client.internal.ViewDiff;
import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ThreadLoop;
import io.gemel.naming.Written;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A goodbye that is on its way is answered, whatever else the server says meanwhile. No time passes for the client: it would give up. */
class GoodbyeTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);

    private final RegistryClient client = opened(client());

    @Test
    void aServerThatRefusesWhatWasAskedBeforeIsStillSaidGoodbyeTo() {
        awaitDone(SimulatedGround.opened(client));
        server.hold(REGISTER);
        server.hold(CLOSE);
        CompletableFuture<Written> registered = client.publish(new Change.Register(ORDERS, List.of(A), Publisher.NONE));
        await().until(() -> server.stream().kinds().contains(REGISTER));

        CompletableFuture<Void> goodbye = SimulatedGround.goodbye(client);
        await().until(() -> server.stream().kinds().contains(CLOSE));
        server.stream()
                .send(FakeServer.refusal(Code.UNKNOWN_SESSION)
                        .orElseThrow()
                        .setRequestId(server.stream().requests(REGISTER).get(0).getRequestId()));
        server.stream().done(server.stream().requests(CLOSE).get(0));

        awaitDone(goodbye);
        assertThat(refusal(registered)).isEqualTo(Code.SHUTTING_DOWN);
    }

    @Test
    void aServerThatStopsIsStillSaidGoodbyeTo() {
        CompletableFuture<ViewDiff> told = new CompletableFuture<>();
        var unused = client.watch(ORDERS, told::complete);
        awaitDone(SimulatedGround.opened(client));
        server.hold(CLOSE);

        CompletableFuture<Void> goodbye = SimulatedGround.goodbye(client);
        await().until(() -> server.stream().kinds().contains(CLOSE));
        server.stream().drain();
        server.stream().push(FakeServer.view(ORDERS, 1, A));

        awaitDone(told);
        assertThat(goodbye).isNotDone();
        server.stream().done(server.stream().requests(CLOSE).get(0));
        awaitDone(goodbye);
    }

    private RegistryClient client() {
        return new SimulatedGround(
                        loop("client"),
                        loop("listeners"),
                        () -> 0,
                        (delay, task) -> () -> {},
                        new Random(1),
                        address -> Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                                .build())
                .client(new ClientSettings(
                        List.of(server.address()), PATIENCE, PATIENCE, true, PATIENCE, "leaving", Optional.empty()));
    }

    private ThreadLoop loop(String name) {
        return opened(new ThreadLoop(name, 1_000, System::nanoTime, failure -> {
            throw new AssertionError(failure);
        }));
    }
}
