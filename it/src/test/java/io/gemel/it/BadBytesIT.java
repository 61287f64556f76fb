package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gemel.consistency.wire.DistroGrpc;
import io.gemel.consistency.wire.Hello;
import io.gemel.consistency.wire.OriginMessage;
import io.gemel.consistency.wire.OriginReply;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever does not speak a port's language, or is not of the cluster, is told so and harms nobody. */
class BadBytesIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final Metadata.Key<String> CLUSTER =
            Metadata.Key.of("gemel-cluster", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> NODE = Metadata.Key.of("gemel-node", Metadata.ASCII_STRING_MARSHALLER);

    private static Cluster cluster;
    private static Node server;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.sharedCluster();
        server = cluster.node(1);
    }

    @AfterEach
    void theClusterIsUnharmed() {
        cluster.nodes().forEach(Unharmed::check);
        cluster.awaitAgreement();
    }

    static Stream<Arguments> ports() {
        return Stream.of(
                Arguments.of("client", (ToIntFunction<Node>) Node::clientPort),
                Arguments.of("server", (ToIntFunction<Node>) Node::serverPort),
                Arguments.of("raft", (ToIntFunction<Node>) Node::raftPort));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ports")
    void garbageEndsItsConnectionAndNothingElse(String name, ToIntFunction<Node> port) {
        for (int seed = 1; seed <= 20; seed++) {
            byte[] garbage = new byte[64 * 1024];
            new Random(seed).nextBytes(garbage);
            say(port.applyAsInt(server), garbage);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ports")
    void garbageAfterAProperBeginningEndsItsConnectionAndNothingElse(String name, ToIntFunction<Node> port) {
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int seed = 1; seed <= 20; seed++) {
            byte[] garbage = new byte[64 * 1024];
            new Random(seed).nextBytes(garbage);
            System.arraycopy(preface, 0, garbage, 0, preface.length);
            say(port.applyAsInt(server), garbage);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ports")
    void aWebBrowserIsToldThatThisIsNoWebServer(String name, ToIntFunction<Node> port) {
        String answer = say(
                port.applyAsInt(server),
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(answer).contains("Unexpected HTTP/1.x request");
    }

    /** Sends all, then reads until the server has closed the connection, which it must do in time. */
    private static String say(int port, byte[] bytes) {
        try (Socket socket = new Socket()) {
            socket.connect(Node.at(port), 5_000);
            socket.setSoTimeout((int) ANSWER_LIMIT.toMillis());
            StringBuilder answer = new StringBuilder();
            try {
                OutputStream out = socket.getOutputStream();
                out.write(bytes);
                out.flush();
                InputStream in = socket.getInputStream();
                byte[] buffer = new byte[8192];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    answer.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketException reset) {
                answer.append(" (reset)"); // closed with our bytes unread
            }
            return answer.toString();
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port, e);
        }
    }

    /** Who a caller on the Raft port may pretend to be without being a member of this cluster. */
    static Stream<Arguments> strangers() {
        Metadata foreignCluster = new Metadata();
        foreignCluster.put(CLUSTER, "foreign");
        foreignCluster.put(NODE, "s2");
        Metadata foreignNode = new Metadata();
        foreignNode.put(CLUSTER, "gemel");
        foreignNode.put(NODE, "s9");
        return Stream.of(
                Arguments.of("nobody", new Metadata()),
                Arguments.of("a member of another cluster", foreignCluster),
                Arguments.of("a node that is no member", foreignNode));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void strangersHaveNoSayInRaft(String who, Metadata headers) {
        // On a busy machine a new cluster may be ready, without a leader, before it has had its first election.
        long termBefore = eventually().until(BadBytesIT::term, term -> term > 0);
        for (String call : new String[] {"RequestVoteRequest", "TimeoutNowRequest", "AppendEntriesRequest"}) {
            Status refusal =
                    raftCall("gemel.raft.v1.RaftPeer/" + call, MetadataUtils.newAttachHeadersInterceptor(headers));

            assertThat(refusal.getCode()).as(call).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refusal.getDescription()).contains("is not a member of cluster gemel");
        }
        assertThat(term()).isEqualTo(termBefore);
    }

    @Test
    void nobodyCanAdministerRaftFromOutside() {
        Metadata member = new Metadata();
        member.put(CLUSTER, "gemel");
        member.put(NODE, "s2");
        for (String call :
                new String[] {"AddPeerRequest", "RemovePeerRequest", "ResetPeerRequest", "TransferLeaderRequest"}) {
            Status refusal =
                    raftCall("gemel.raft.v1.RaftPeer/" + call, MetadataUtils.newAttachHeadersInterceptor(member));

            assertThat(refusal.getCode()).as(call).isEqualTo(Status.Code.UNIMPLEMENTED);
        }
    }

    private static long term() {
        return server.status().orElseThrow().raft().term();
    }

    /** An empty request: a stranger's is refused before it is read. */
    private static Status raftCall(String method, ClientInterceptor headers) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(BYTES)
                .setResponseMarshaller(BYTES)
                .build();
        ManagedChannel channel = channel(server.raftPort());
        try {
            return catchThrowableOfType(
                            StatusRuntimeException.class,
                            () -> ClientCalls.blockingUnaryCall(
                                    io.grpc.ClientInterceptors.intercept(channel, headers),
                                    descriptor,
                                    CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                                    new byte[0]))
                    .getStatus();
        } finally {
            channel.shutdownNow();
        }
    }

    /** Greetings that no server of this cluster would send; what the refusal must name. */
    static Stream<Arguments> greetings() {
        Hello proper = Hello.newBuilder()
                .setCluster("gemel")
                .setNode("s2")
                .setIncarnation(1_000_000)
                .setVersion(1)
                .setTo("s1")
                .build();
        return Stream.of(
                Arguments.of("foreign", proper.toBuilder().setCluster("foreign").build()),
                Arguments.of("s9", proper.toBuilder().setNode("s9").build()),
                Arguments.of("s1", proper.toBuilder().setNode("s1").build()),
                Arguments.of("99", proper.toBuilder().setVersion(99).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("greetings")
    void aForeignServersOriginIsNotTakenIn(String named, Hello hello) {
        Status refusal = replicate(OriginMessage.newBuilder().setHello(hello).build());

        assertThat(refusal.getCode()).isIn(Status.Code.FAILED_PRECONDITION, Status.Code.PERMISSION_DENIED);
        assertThat(refusal.getDescription()).contains(named);
    }

    @Test
    void anOriginWithoutAGreetingIsNotTakenIn() {
        Status refusal = replicate(OriginMessage.newBuilder()
                .setBeat(io.gemel.consistency.wire.Beat.newBuilder().setSequence(7))
                .build());

        assertThat(refusal.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(refusal.getDescription()).contains("HELLO");
    }

    private static Status replicate(OriginMessage first) {
        ManagedChannel channel = channel(server.serverPort());
        CompletableFuture<Status> end = new CompletableFuture<>();
        try {
            StreamObserver<OriginMessage> messages = DistroGrpc.newStub(channel).replicate(new StreamObserver<>() {
                @Override
                public void onNext(OriginReply reply) {
                    end.complete(Status.OK.withDescription("answered " + reply));
                }

                @Override
                public void onError(Throwable failure) {
                    end.complete(Status.fromThrowable(failure));
                }

                @Override
                public void onCompleted() {
                    end.complete(Status.OK);
                }
            });
            messages.onNext(first);
            return end.orTimeout(10, TimeUnit.SECONDS).join();
        } finally {
            channel.shutdownNow();
        }
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(Node.HOST, port).usePlaintext().build();
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };
}
