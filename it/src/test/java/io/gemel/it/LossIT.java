package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.client.ServiceEvent;
import io.gemel.naming.GuardMode;
import io.gemel.naming.Instance;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
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

/** What is seen of clients that are lost, one by one and many at once, by servers that are set to find it out soon. */
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
                Cluster.SLOW_ELECTIONS,
                "--keepalive=" + KEEPALIVE.toSeconds() + "s",
                "--resume-window=" + RESUME_WINDOW.toMillis() + "ms",
                "--guard-hold=45s",
                "--guard-window=2s",
                "--max-instances-per-session=3",
                "--max-watches-per-session=2");
    }

    @BeforeEach
    void heal() {
        cluster.heal();
    }

    @Test
    void manyThatAreLostAtOnceStayAsSuspectUntilTheyComeBackOrTheirTimeIsOver() {
        ServiceId service = ServiceId.of("lost-together");
        Events events = watch(service);
        List<RawSession> sessions = registered(service);
        eventually().untilAsserted(() -> assertThat(last(events).instances()).hasSize(CLIENTS));

        sessions.forEach(RawSession::close);

        eventually()
                .untilAsserted(() -> assertThat(last(events).view().registrations())
                        .hasSize(CLIENTS)
                        .allMatch(Registration::suspect)
                        .allMatch(registration -> registration.instance().healthy()));
        eventually()
                .untilAsserted(() -> assertThat(guards())
                        .extracting(NodeStatus.Guard::suspects)
                        .contains((long) CLIENTS / 2, (long) CLIENTS / 2));
        assertThat(cluster.node(1).process().err()).contains("lost together, stay as suspect service=" + service);
        assertThat(SANDBOX.gemel("status", "--server=" + cluster.node(3).address())
                        .out())
                .contains("guard: holds " + CLIENTS / 2 + " instances as suspect");
        assertThat(SANDBOX.gemel(
                                "get",
                                service.name(),
                                "--server=" + cluster.node(3).address())
                        .out())
                .contains("SUSPECT");

        Instance back = instance(0);
        NamingService client = SANDBOX.client(cluster.node(3));
        client.register(service, back);
        eventually()
                .untilAsserted(() -> assertThat(last(events).view().find(back.key()))
                        .get()
                        .matches(registration -> !registration.suspect()));
        assertThat(events.removed()).isEmpty();

        eventually().untilAsserted(() -> assertThat(last(events).instances()).containsExactly(back));
        client.deregister(service, back);
        eventually().untilAsserted(() -> assertThat(last(events).instances()).isEmpty());
    }

    @Test
    void inADryRunTheyGoAndTheStatusSaysWhatWouldHaveStayed() {
        ServiceId service = ServiceId.of("dry-run");
        cluster.leader();
        assertThat(SANDBOX.gemel(
                                "service",
                                "set",
                                service.name(),
                                "--guard=dry-run",
                                "--server=" + cluster.node(1).address())
                        .out())
                .contains("guard=dry-run");
        eventually()
                .untilAsserted(() -> assertThat(cluster.nodes())
                        .allSatisfy(node -> assertThat(SANDBOX.client(node)
                                        .operator()
                                        .describe(service, ReadLevel.LOCAL)
                                        .settings()
                                        .guard())
                                .contains(GuardMode.DRY_RUN)));
        long before = wouldHaveHeld();
        Events events = watch(service);
        List<RawSession> sessions = registered(service);
        eventually().untilAsserted(() -> assertThat(last(events).instances()).hasSize(CLIENTS));

        sessions.forEach(RawSession::close);

        eventually().untilAsserted(() -> assertThat(last(events).instances()).isEmpty());
        assertThat(events.all())
                .allSatisfy(event -> assertThat(event.view().registrations()).noneMatch(Registration::suspect));
        // What a server has let go by the time that the rest is lost makes the rest too small to be judged.
        assertThat(wouldHaveHeld() - before).isBetween(1L, (long) CLIENTS);
    }

    @Test
    void whoTurnsTheGuardOffLetsThemGo() {
        ServiceId service = ServiceId.of("turned-off");
        cluster.leader();
        Events events = watch(service);
        registered(service).forEach(RawSession::close);
        eventually()
                .untilAsserted(() -> assertThat(last(events).view().registrations())
                        .hasSize(CLIENTS)
                        .allMatch(Registration::suspect));

        SANDBOX.client(cluster.nodes())
                .operator()
                .setService(service, ServiceSettings.NONE.withGuard(Optional.of(GuardMode.OFF)), Precondition.NONE);

        eventually().untilAsserted(() -> assertThat(last(events).instances()).isEmpty());
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

    private static Events watch(ServiceId service) {
        Events events = new Events();
        SANDBOX.client(cluster.node(3)).subscribe(service, events);
        eventually().until(() -> !events.all().isEmpty());
        return events;
    }

    private static ServiceEvent last(Events events) {
        return events.all().get(events.all().size() - 1);
    }

    private static List<NodeStatus.Guard> guards() {
        return cluster.nodes().stream()
                .map(node -> node.status().orElseThrow().guard())
                .toList();
    }

    private static long wouldHaveHeld() {
        return guards().stream().mapToLong(NodeStatus.Guard::wouldHaveHeld).sum();
    }
}
