package io.gemel.client;

import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.DEREGISTER;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REGISTER;
import static io.gemel.transport.grpc.v1.ClientMessage.RequestCase.REPLAYED;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.ClientMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is replayed is what servers have done, also where the caller was told earlier that the outcome is unknown or that nothing was done. */
class UnansweredTest extends ClientFixture {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);

    @Test
    void whatALateAnswerSaysIsRemovedIsNotReplayed() {
        NamingService client = impatient();
        client.register(ORDERS, A);
        server.hold(DEREGISTER);
        assertThat(refusal(client.deregisterAsync(ORDERS, A))).isEqualTo(Code.UNKNOWN_OUTCOME);

        server.stream().done(server.stream().requests(DEREGISTER).get(0));

        assertThat(replayedWith(client, B)).containsExactly("10.0.0.2");
    }

    @Test
    void whatALateAnswerSaysIsRegisteredIsReplayed() {
        NamingService client = impatient();
        server.hold(REGISTER);
        assertThat(refusal(client.registerAsync(ORDERS, A))).isEqualTo(Code.UNKNOWN_OUTCOME);
        server.replyAsUsual(REGISTER);

        server.stream().done(server.stream().requests(REGISTER).get(0));

        assertThat(replayedWith(client, B)).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
    }

    @Test
    void aLateAnswerDoesNotBringBackWhatWasRemovedSince() {
        NamingService client = impatient();
        server.hold(REGISTER);
        assertThat(refusal(client.registerAsync(ORDERS, A))).isEqualTo(Code.UNKNOWN_OUTCOME);
        server.replyAsUsual(REGISTER);
        client.deregister(ORDERS, A);

        server.stream().done(server.stream().requests(REGISTER).get(0));

        assertThat(replayedWith(client, B)).containsExactly("10.0.0.2");
    }

    @Test
    void whatMayBeRemovedIsNotPutBackWhenTheConnectionIsLost() {
        NamingService client = impatient();
        client.registerAll(ORDERS, List.of(A, B));
        server.hold(DEREGISTER);
        assertThat(refusal(client.deregisterAsync(ORDERS, A))).isEqualTo(Code.UNKNOWN_OUTCOME);

        server.stream().drop();

        awaitLive(client, server, 2);
        assertThat(ips(server.stream().requests(REGISTER).get(0))).containsExactly("10.0.0.2");
    }

    @Test
    void whatTheReplayLeavesOutIsPutBackIfItsRemovalIsRefused() {
        NamingService client = connect(server);
        client.registerAll(ORDERS, List.of(A, B));
        server.hold(DEREGISTER);
        CompletableFuture<Written> removed = client.deregisterAsync(ORDERS, A);
        await().until(() -> server.stream().kinds().contains(DEREGISTER));
        server.reply(DEREGISTER, message -> FakeServer.refusal(Code.OVERLOADED));

        server.stream().drop();

        assertThat(refusal(removed)).isEqualTo(Code.OVERLOADED);
        awaitStreams(server, 2);
        await().until(() -> server.stream().requests(REGISTER).size() == 2);
        assertThat(server.stream().kinds()).containsSubsequence(REGISTER, DEREGISTER, REPLAYED, REGISTER);
        assertThat(ips(server.stream().requests(REGISTER).get(0))).containsExactly("10.0.0.2");
        assertThat(ips(server.stream().requests(REGISTER).get(1))).containsExactly("10.0.0.1", "10.0.0.2");
    }

    private NamingService impatient() {
        return connect(options(server).withRequestTimeout(Duration.ofSeconds(1)));
    }

    /** Registers {@code more}, whose answer comes after all that the server has sent; and what is replayed when the connection is lost then. */
    private List<String> replayedWith(NamingService client, Instance more) {
        client.register(ORDERS, more);
        server.stream().drop();
        awaitLive(client, server, 2);
        return server.stream().requests(REGISTER).stream()
                .flatMap(request -> ips(request).stream())
                .toList();
    }

    private static List<String> ips(ClientMessage register) {
        return register.getRegister().getInstancesList().stream()
                .map(instance -> instance.getKey().getIp())
                .toList();
    }
}
