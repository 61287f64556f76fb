package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.GuardMode;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.transport.grpc.Codec;
import io.gemel.transport.grpc.v1.ClientMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Limits of a session, and clients that are lost where the guard is off. */
class LossIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final Duration KEEPALIVE = Duration.ofSeconds(2);
    private static final Duration RESUME_WINDOW = Duration.ofMillis(500);
    private static final int CLIENTS = 12;

    private static Cluster cluster;

    @BeforeAll
    static void configure() {
        cluster = SANDBOX.cluster(
                "--keepalive=" + KEEPALIVE.toSeconds() + "s",
                "--resume-window=" + RESUME_WINDOW.toMillis() + "ms",
                "--max-instances-per-session=3",
                "--max-watches-per-session=2");
    }

    @BeforeEach
    void heal() {
        cluster.heal();
    }

    @Test
    void operatorsTurnTheGuardOffForANamespace() {
        ServiceId service = new ServiceId("unguarded", ServiceId.DEFAULT_GROUP, "orders");
        cluster.leader();
        SANDBOX.client(cluster.nodes())
                .operator()
                .setService(
                        ServiceId.ofNamespace("unguarded"),
                        ServiceSettings.NONE.withGuard(Optional.of(GuardMode.OFF)),
                        Precondition.NONE);
        cluster.awaitAgreement();
        List<RawSession> sessions = registered(service);
        Node reader = cluster.node(3);
        eventually().untilAsserted(() -> assertThat(reader.instances(service)).hasSize(CLIENTS));

        sessions.forEach(RawSession::close);

        eventually().untilAsserted(() -> assertThat(reader.instances(service)).isEmpty());
    }

    @Test
    void limitsOfASessionAreToldWithWhatIsExpected() {
        RawSession session = RawSession.open(cluster.node(1));
        for (int i = 0; i < 3; i++) {
            assertThat(session.ask(register(ServiceId.of("limited"), instance(i)))
                            .hasDone())
                    .isTrue();
        }
        assertThat(session.ask(register(ServiceId.of("limited"), instance(3))).getError())
                .satisfies(error -> {
                    assertThat(error.getCode()).isEqualTo("OVERLOADED");
                    assertThat(error.getCause()).contains("at most 3 in a session");
                    assertThat(error.getWhatToDo()).isNotEmpty();
                });
        assertThat(session.ask(register(ServiceId.of("limited"), instance(2))).hasDone())
                .as("what it has already")
                .isTrue();
        for (int i = 0; i < 2; i++) {
            assertThat(session.ask(watching("watched-" + i)).hasDone()).isTrue();
        }
        assertThat(session.ask(watching("watched-2")).getError()).satisfies(error -> {
            assertThat(error.getCode()).isEqualTo("OVERLOADED");
            assertThat(error.getCause()).contains("at most 2 in a session");
        });
        session.close();
    }

    private static ClientMessage.Builder watching(String service) {
        ClientMessage.Builder message = ClientMessage.newBuilder();
        message.getWatchBuilder().setService(Codec.encode(ServiceId.of(service)));
        return message;
    }

    private static ClientMessage.Builder register(ServiceId service, Instance instance) {
        return ClientMessage.newBuilder().setRegister(Codec.registerRequest(service, List.of(instance)));
    }

    /** Half of the clients at one server, half at another. */
    private static List<RawSession> registered(ServiceId service) {
        List<RawSession> sessions = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawSession session = RawSession.open(cluster.node(1 + i % 2));
            assertThat(session.ask(register(service, instance(i))).hasDone()).isTrue();
            sessions.add(session);
        }
        return sessions;
    }

    private static Instance instance(int number) {
        return Instance.ephemeral("10.30.0." + (1 + number), 80);
    }
}
