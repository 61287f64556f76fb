package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Connecting says whom it tried and why in vain, and waits for a server unless told not to. */
class ConnectingTest extends ClientFixture {
    @Test
    void connectNamesEveryServerItTriedAndWhyItFailed() {
        FakeServer silent = opened(FakeServer.start());
        silent.hold(OPEN);
        String closed = server.address();
        server.close();

        assertThatThrownBy(() -> NamingService.connect(
                        ClientOptions.of(closed, silent.address()).withConnectTimeout(Duration.ofSeconds(5))))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining(closed + ": Connection refused")
                .hasMessageContaining(silent.address() + ": UNAVAILABLE: no answer");
    }

    @Test
    void withoutWaitingConnectFailsOnceAllHaveRefused() {
        FakeServer second = opened(FakeServer.start());
        ClientOptions impatient =
                options(server, second).withConnectTimeout(Duration.ofHours(1)).withAwaitServer(false);
        server.close();
        connect(impatient).close();
        second.close();

        assertThatThrownBy(() -> NamingService.connect(impatient))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining(server.address() + ": Connection refused")
                .hasMessageContaining(second.address() + ": Connection refused");
    }

    @Test
    void aServerThatWasLostIsWaitedForInAnyCase() {
        NamingService client = connect(options(server).withAwaitServer(false));
        server.close();
        await().until(() -> client.server().isEmpty());

        FakeServer again = opened(FakeServer.startAt(server.port()));

        awaitLive(client, again, 1);
    }
}
