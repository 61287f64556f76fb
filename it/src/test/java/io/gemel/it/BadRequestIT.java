package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.DeregisterRequest;
import io.gemel.transport.grpc.v1.Error;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.InstanceKey;
import io.gemel.transport.grpc.v1.ListServicesRequest;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever asks for what cannot be is told which field, which value and what was expected; nothing is half done. */
class BadRequestIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final String SERVICE = "bad-requests";
    private static final String LONG = "x".repeat(256);

    private static Node server;

    @BeforeAll
    static void start() {
        server = SANDBOX.sharedCluster().node(1);
    }

    @AfterEach
    void theServerIsUnharmed() {
        Unharmed.check(server);
        assertThat(server.instances(ServiceId.of(SERVICE)))
                .as("nothing was half done")
                .isEmpty();
    }

    private static io.gemel.transport.grpc.v1.Instance.Builder instance() {
        return io.gemel.transport.grpc.v1.Instance.newBuilder()
                .setPersistent(true)
                .setKey(key("10.41.0.1", 80, ""));
    }

    private static InstanceKey key(String ip, int port, String cluster) {
        return InstanceKey.newBuilder()
                .setIp(ip)
                .setPort(port)
                .setCluster(cluster)
                .build();
    }

    private static io.gemel.transport.grpc.v1.ServiceId service(String namespace, String group, String name) {
        return io.gemel.transport.grpc.v1.ServiceId.newBuilder()
                .setNamespace(namespace)
                .setGroup(group)
                .setName(name)
                .build();
    }

    private static RegisterRequest.Builder request() {
        return RegisterRequest.newBuilder().setService(service("", "", SERVICE));
    }

    private static RegisterRequest with(io.gemel.transport.grpc.v1.Instance.Builder instance) {
        return request().addInstances(instance).build();
    }

    private static RegisterRequest under(io.gemel.transport.grpc.v1.ServiceId service) {
        return RegisterRequest.newBuilder()
                .setService(service)
                .addInstances(instance())
                .build();
    }

    /** What cannot be registered, by whichever way; field and value that the refusal must name. */
    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of("port", "0", with(instance().setKey(key("10.41.0.1", 0, "")))),
                Arguments.of("port", "70000", with(instance().setKey(key("10.41.0.1", 70_000, "")))),
                Arguments.of("port", "4294967295", with(instance().setKey(key("10.41.0.1", -1, "")))),
                Arguments.of("weight", "-1", with(instance().setWeight(-1))),
                Arguments.of("weight", "NaN", with(instance().setWeight(Double.NaN))),
                Arguments.of("weight", "Infinity", with(instance().setWeight(Double.POSITIVE_INFINITY))),
                Arguments.of("ip", "''", with(instance().setKey(key("", 80, "")))),
                Arguments.of("ip", "no host", with(instance().setKey(key("no host", 80, "")))),
                Arguments.of("cluster", "256 characters", with(instance().setKey(key("10.41.0.1", 80, LONG)))),
                Arguments.of("service", "''", under(service("", "", ""))),
                Arguments.of("service", "256 characters", under(service("", "", LONG))),
                Arguments.of("service", "a b", under(service("", "", "a b"))),
                Arguments.of("group", "256 characters", under(service("", LONG, SERVICE))),
                Arguments.of("namespace", "256 characters", under(service(LONG, "", SERVICE))),
                Arguments.of("metadata", "16385 bytes", with(instance().putMetadata("k", "v".repeat(16 * 1024)))),
                Arguments.of("metadata", "257 entries", with(withMetadata(257))),
                Arguments.of("instances", "0 entries", request().build()),
                Arguments.of("instances", "1001 entries", batchOf(1001)));
    }

    private static io.gemel.transport.grpc.v1.Instance.Builder withMetadata(int entries) {
        io.gemel.transport.grpc.v1.Instance.Builder instance = instance();
        IntStream.range(0, entries).forEach(i -> instance.putMetadata("k" + i, "v"));
        return instance;
    }

    private static RegisterRequest batchOf(int size) {
        RegisterRequest.Builder batch = request();
        IntStream.rangeClosed(1, size)
                .forEach(i -> batch.addInstances(instance().setKey(key("10.41.0.1", i, ""))));
        return batch.build();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("invalid")
    void anInvalidRegistrationIsRefusedByTheUnaryCall(String field, String value, RegisterRequest request) {
        assertRefused(refusal(() -> registry().register(request)), Code.BAD_REQUEST, field, value, "expected");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("invalid")
    void anInvalidRegistrationIsRefusedByTheSessionWhichGoesOn(String field, String value, RegisterRequest request) {
        RegisterRequest.Builder ephemeral = request.toBuilder();
        ephemeral.getInstancesBuilderList().forEach(instance -> instance.setPersistent(false));
        try (RawSession session = RawSession.open(server)) {
            Error error = session.ask(ClientMessage.newBuilder().setRegister(ephemeral))
                    .getError();

            assertThat(error.getCode()).isEqualTo(Code.BAD_REQUEST.name());
            assertThat(error.getCause()).contains(field, value, "expected");
            assertThat(error.getWhatToDo()).isNotEmpty();
            assertThat(session.ping().hasDone()).isTrue();
        }
    }

    @Test
    void aBatchWithOneInvalidInstanceRegistersNone() {
        RegisterRequest batch = request()
                .addInstances(instance().setKey(key("10.41.0.1", 1, "")))
                .addInstances(instance().setKey(key("10.41.0.1", 0, "")))
                .addInstances(instance().setKey(key("10.41.0.1", 3, "")))
                .build();

        assertRefused(refusal(() -> registry().register(batch)), Code.BAD_REQUEST, "port", "0");
    }

    @Test
    void aBatchOfBothKindsRegistersNone() {
        RegisterRequest batch = request()
                .addInstances(instance().setKey(key("10.41.0.1", 1, "")))
                .addInstances(instance().setKey(key("10.41.0.1", 2, "")).setPersistent(false))
                .build();

        assertRefused(refusal(() -> registry().register(batch)), Code.BAD_REQUEST, "one kind");
    }

    @Test
    void anEphemeralInstanceNeedsASession() {
        assertRefused(
                refusal(() -> registry().register(with(instance().setPersistent(false)))), Code.NO_SESSION, "session");
    }

    @Test
    void anUnknownServiceIsNotFound() {
        FindRequest find = FindRequest.newBuilder()
                .setService(service("", "", "nobody-registered-this"))
                .build();

        assertRefused(refusal(() -> registry().find(find)), Code.NOT_FOUND, "nobody-registered-this");
    }

    @Test
    void aPageBeyondTheLimitIsRefused() {
        ListServicesRequest list =
                ListServicesRequest.newBuilder().setLimit(1001).build();

        assertRefused(refusal(() -> registry().listServices(list)), Code.BAD_REQUEST, "limit", "1001");
    }

    @Test
    void removingNothingIsRefusedAndRemovingWhatIsNotThereIsNot() {
        DeregisterRequest nothing = DeregisterRequest.newBuilder()
                .setService(service("", "", SERVICE))
                .build();
        assertRefused(refusal(() -> registry().deregister(nothing)), Code.BAD_REQUEST, "keys");

        DeregisterRequest absent =
                nothing.toBuilder().addKeys(key("10.41.0.1", 80, "")).build();
        assertThat(registry().deregister(absent)).isNotNull();
    }

    @Test
    void aMessageOverTheSizeLimitIsRefusedAndTheConnectionGoesOn() {
        RegisterRequest tooLong = with(instance().putMetadata("k", "v".repeat(5 * 1024 * 1024)));

        StatusRuntimeException refusal = refusal(() -> registry().register(tooLong));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refusal.getMessage()).contains("maximum size");
    }

    @Test
    void theClientLibrarySaysWhatTheServerSaid() {
        NamingService client = SANDBOX.client(server);

        RegistryException refusal = catchThrowableOfType(
                RegistryException.class, () -> client.find(ServiceId.of("nobody-registered-this"), ReadLevel.LOCAL));
        assertThat(refusal.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(refusal).hasMessageContaining("nobody-registered-this");
        List<Instance> tooMany = IntStream.rangeClosed(1, 1001)
                .mapToObj(port -> Instance.persistent("10.41.0.1", port))
                .toList();
        RegistryException second =
                catchThrowableOfType(RegistryException.class, () -> client.registerAll(ServiceId.of(SERVICE), tooMany));
        assertThat(second.code()).isEqualTo(Code.BAD_REQUEST);
    }

    @Test
    void aFirstMessageThatOpensNoSessionIsRefused() {
        try (RawSession session = RawSession.unopened(server)) {
            session.send(ClientMessage.newBuilder().setRegister(with(instance().setPersistent(false))));

            assertThat(session.failure().getCode()).isNotEqualTo(Status.Code.OK);
        }
    }

    /** What a command line cannot mean; what its refusal must name. */
    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of("10.41.0.1:0", "", "0"),
                Arguments.of("10.41.0.1:70000", "", "70000"),
                Arguments.of("10.41.0.1", "", "10.41.0.1"),
                Arguments.of("10.41.0.1:80", "--weight=-1", "-1"),
                Arguments.of("10.41.0.1:80", "--weight=NaN", "NaN"),
                Arguments.of("10.41.0.1:80", "--cluster=" + LONG, "256"),
                Arguments.of("10.41.0.1:80", "--metadata=k=" + "v".repeat(16 * 1024), "16385"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("commands")
    void anInvalidCommandIsRefusedWithCodeCauseAndWhatToDo(String address, String flag, String named) {
        List<String> command = Stream.of(
                        "register", SERVICE, address, "--persistent", "--server=" + server.address(), flag)
                .filter(word -> !word.isEmpty())
                .toList();

        GemelProcess.Ended ended = SANDBOX.gemel(command.toArray(String[]::new));

        assertThat(ended.exitCode()).as(ended.err()).isIn(1, 2);
        assertThat(ended.err())
                .containsPattern("(?m)^error [A-Z_]+: .+")
                .containsPattern("(?m)^do: .+")
                .contains(named)
                .doesNotContain("\tat ");
    }

    @Test
    void aCommandWithoutAServerSaysWhereItLooked() {
        GemelProcess.Ended ended = SANDBOX.gemel("get", SERVICE, "--server=127.0.0.1:1,127.0.0.1:2", "--timeout=3600");

        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.err())
                .contains("error UNAVAILABLE", "127.0.0.1:1: Connection refused", "127.0.0.1:2: Connection refused")
                .contains("do: ");
        assertThat(SANDBOX.gemel("get", SERVICE, "--server=127.0.0.1:1", "--timeout=1", "--wait")
                        .err())
                .contains("error UNAVAILABLE: no server within 1 s");
    }

    private static RegistryGrpc.RegistryBlockingStub registry() {
        return RegistryGrpc.newBlockingStub(server.channel()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private static StatusRuntimeException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private static void assertRefused(StatusRuntimeException refusal, Code code, String... named) {
        Metadata trailers = Status.trailersFromThrowable(refusal);
        assertThat(trailers).isNotNull();
        assertThat(trailers.get(Metadata.Key.of("gemel-code", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo(code.name());
        assertThat(trailers.get(Metadata.Key.of("gemel-what-to-do", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo(code.whatToDo());
        assertThat(refusal.getStatus().getDescription()).contains(named);
    }
}
