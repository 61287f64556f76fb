package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.google.protobuf.Message;
import io.gemel.consistency.cluster.Members;
import io.gemel.naming.Instance;
import io.gemel.naming.Member;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftPortTest {
    @TempDir
    Path directory;

    private Member self = new Member("s1", "127.0.0.1", 1, 1, 1);
    private TestNode node = new TestNode(new Members("s1", List.of(self)), Path.of("unused"));

    @BeforeEach
    void start() throws IOException {
        List<Integer> ports = TestGroup.freePorts(2);
        self = new Member("s1", "127.0.0.1", ports.get(0), ports.get(1), 1);
        node = new TestNode(new Members("s1", List.of(self)), directory);
        node.start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void onlyMembersOfThisClusterAreAnswered() throws Exception {
        PingRequest ping = PingRequest.newBuilder().setSendTimestamp(1).build();
        assertThat(call("test", "s1", RaftCalls.method(PingRequest.class), ping))
                .isEqualTo(Status.Code.OK);
        assertThat(call("other", "s1", RaftCalls.method(PingRequest.class), ping))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(call("test", "s9", RaftCalls.method(PingRequest.class), ping))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void onlyMembersOfThisClusterMayOpenStreams() {
        AppendEntriesRequest heartbeat = AppendEntriesRequest.newBuilder()
                .setGroupId("gemel-test")
                .setServerId("s9:1")
                .setPeerId("s1:1")
                .setTerm(1L << 60)
                .setPrevLogTerm(0)
                .setPrevLogIndex(0)
                .setCommittedIndex(0)
                .build();
        String refused = "the stream broke: Status{code=PERMISSION_DENIED"; // not a unary call in its place
        assertThat(stream("other", "s1", heartbeat)).hasMessageContaining(refused);
        assertThat(stream("test", "s9", heartbeat)).hasMessageContaining(refused);
        assertThat(node.raft().status().term()).isLessThan(1L << 60);
    }

    @Test
    void aStrangersVoteRequestOfAHugeTermChangesNothing() throws Exception {
        long term = node.raft().status().term();
        RequestVoteRequest vote = RequestVoteRequest.newBuilder()
                .setGroupId("gemel-test")
                .setServerId("s9:1")
                .setPeerId("s1:1")
                .setTerm(1L << 60)
                .setLastLogIndex(1L << 60)
                .setLastLogTerm(1L << 60)
                .setPreVote(false)
                .build();
        assertThat(call("test", "s9", RaftCalls.method(RequestVoteRequest.class), vote))
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        node.register(ServiceId.of("a"), Instance.persistent("10.0.0.1", 1));
        assertThat(node.raft().status().term()).isLessThan(1L << 60).isGreaterThanOrEqualTo(term);
    }

    @Test
    void administrationDoesNotExistOnThePort() throws Exception {
        PingRequest any = PingRequest.newBuilder().setSendTimestamp(1).build();
        MethodDescriptor<Message, Message> reset = RaftCalls.method(PingRequest.class).toBuilder()
                .setFullMethodName(RaftCalls.SERVICE + "/ResetPeerRequest")
                .build();
        assertThat(call("test", "s1", reset, any)).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    /** Nothing on the way from a peer's bytes to JRaft makes Java or Hessian objects; {@code ArchitectureTest} says so of all code behind it. */
    @Test
    void allThatCanBeAskedAndAnsweredIsProtobuf() {
        assertThat(RaftCalls.methods()).hasSizeGreaterThan(5).allSatisfy(method -> {
            for (MethodDescriptor.Marshaller<Message> marshaller :
                    List.of(method.getRequestMarshaller(), method.getResponseMarshaller())) {
                assertThat(marshaller).isInstanceOf(MethodDescriptor.PrototypeMarshaller.class);
                assertThat(((MethodDescriptor.PrototypeMarshaller<?>) marshaller).getMessagePrototype())
                        .isInstanceOf(Message.class);
            }
        });
    }

    @Test
    void garbageOnThePortDoesNoHarm() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[10_000];
            random.nextBytes(garbage);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), self.raftPort());
                    OutputStream out = socket.getOutputStream()) {
                out.write(garbage);
            } catch (SocketException closedByThePort) {
                // what it should do
            }
        }
        ServiceId service = ServiceId.of("a");
        node.register(service, Instance.persistent("10.0.0.1", 1));
        assertThat(node.read(service, ReadLevel.LINEARIZABLE)).hasSize(1);
    }

    @Test
    void aTakenPortStopsTheStartAndIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Member other = new Member("s1", "127.0.0.1", taken.getLocalPort(), 1, 1);
            TestNode second = new TestNode(new Members("s1", List.of(other)), directory.resolve("other"));
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void aDirectoryInUseStopsTheStartAndIsNamed() throws Exception {
        List<Integer> ports = TestGroup.freePorts(2);
        Member other = new Member("s1", "127.0.0.1", ports.get(0), ports.get(1), 1);
        assertThatThrownBy(() -> new TestNode(new Members("s1", List.of(other)), directory).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(directory.toString());
    }

    /** What a call on a stream failed with. */
    private Throwable stream(String cluster, String nodeId, Message request) {
        InetSocketAddress address = InetSocketAddress.createUnresolved("127.0.0.1", self.raftPort());
        PeerLink link = new PeerLink(
                new RaftPeers(cluster, nodeId, id -> Optional.of(address)),
                address,
                InsecureChannelCredentials.create(),
                Duration.ofSeconds(5),
                System::nanoTime,
                new PeerLink.Watcher() {
                    @Override
                    public void ready() {}

                    @Override
                    public void lost() {}
                });
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try {
            link.call(request, 5_000, new StreamObserver<>() {
                @Override
                public void onNext(Message answer) {
                    failure.completeExceptionally(new AssertionError(answer));
                }

                @Override
                public void onError(Throwable cause) {
                    failure.complete(cause);
                }

                @Override
                public void onCompleted() {}
            });
            return failure.orTimeout(20, TimeUnit.SECONDS).join();
        } finally {
            link.close();
        }
    }

    private Status.Code call(String cluster, String nodeId, MethodDescriptor<Message, Message> method, Message request)
            throws InterruptedException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", self.raftPort())
                .usePlaintext()
                .build();
        Metadata identity = new Metadata();
        identity.put(RaftCalls.CLUSTER, cluster);
        identity.put(RaftCalls.NODE, nodeId);
        Channel identified = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(identity));
        try {
            ClientCalls.blockingUnaryCall(
                    identified, method, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS), request);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }
}
