package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.CLOSE;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REGISTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is closed where it cannot wait says goodbye all the same. */
class ClosingTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);

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
