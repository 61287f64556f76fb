package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.CLOSE;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REGISTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is closed says goodbye, also where it cannot wait for the answer, and refuses what it is asked for afterwards. */
class ClosingTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);

    @Test
    void closeSaysGoodbyeAndWaitsForTheAnswer() {
        NamingService client = connect(server);
        server.hold(CLOSE);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(client::close);
        await().until(() -> server.stream().kinds().contains(CLOSE));
        assertThat(closed).isNotDone();

        server.stream().done(server.stream().requests(CLOSE).get(0));

        awaitDone(closed);
        await().until(() -> server.stream().over());
    }

    @Test
    void aClosedClientRefusesAndMayBeClosedAgain() {
        NamingService client = connect(server);
        server.hold(REGISTER);
        CompletableFuture<Written> underWay = client.registerAsync(ORDERS, A);

        client.close();
        client.close();

        assertThat(refusal(underWay)).isEqualTo(Code.SHUTTING_DOWN);
        assertThat(refusal(client.registerAsync(ORDERS, A))).isEqualTo(Code.SHUTTING_DOWN);
        assertThat(refusal(client.statusAsync())).isEqualTo(Code.SHUTTING_DOWN);
    }

    @Test
    void closeDoesNotWaitLongForAServerThatDoesNotAnswer() {
        NamingService client = connect(server);
        server.hold(CLOSE);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(client::close);

        awaitDone(closed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereAFutureCompletesItSaysGoodbyeAndLeavesOnceThatIsAnswered(boolean batches) {
        NamingService client = connectTo(batches);
        server.hold(CLOSE);

        closeInTheLoop(client);

        await().until(() -> server.stream().kinds().contains(CLOSE));
        server.stream().done(server.stream().requests(CLOSE).get(0));
        await().until(() -> server.stream().over());
    }

    @Test
    void whereAFutureCompletesItLeavesAlsoAServerThatDoesNotAnswer() {
        NamingService client = connectTo(true);
        server.hold(CLOSE);

        closeInTheLoop(client);

        await().until(() -> server.stream().kinds().contains(CLOSE));
        await().until(() -> server.stream().over());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onAnInterruptedThreadItSaysGoodbyeAndTheThreadStaysInterrupted(boolean batches) {
        NamingService client = connectTo(batches);

        CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(
                () -> {
                    Thread.currentThread().interrupt();
                    client.close();
                    return Thread.currentThread().isInterrupted();
                },
                task -> new Thread(task).start());

        awaitDone(interrupted);
        assertThat(interrupted.join()).isTrue();
        await().until(() -> server.stream().kinds().contains(CLOSE));
        await().until(() -> server.stream().over());
    }

    private NamingService connectTo(boolean batches) {
        if (batches) {
            server.takeBatches();
        }
        return connect(server);
    }

    private void closeInTheLoop(NamingService client) {
        server.hold(REGISTER);
        CompletableFuture<Void> closed = client.registerAsync(ORDERS, A).thenRun(client::close);
        await().until(() -> server.stream().kinds().contains(REGISTER));
        server.stream().done(server.stream().requests(REGISTER).get(0));
        awaitDone(closed);
    }
}
