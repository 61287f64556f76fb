package io.gemel.consistency.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Member;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over real connections on loopback: each server says its name, or never answers. */
class PeerChannelsTest {
    private static final MethodDescriptor<String, String> NAME = method("name");
    private static final MethodDescriptor<String, String> SILENCE = method("silence");

    private final List<Server> servers = new ArrayList<>();
    private final Server two = server("two");
    private final Members members = new Members("s1", List.of(member("s1", 1), member("s2", two.getPort())));
    private final PeerChannels channels = new PeerChannels(members);

    @AfterEach
    void stop() {
        channels.close();
        servers.forEach(Server::shutdownNow);
    }

    @Test
    void aPeerHasOneChannel() {
        assertThat(nameOf("s2")).isEqualTo("two");
        assertThat(channels.find("s2")).isEqualTo(channels.find("s2"));
    }

    @Test
    void thereIsNoneToThisNodeNorToAStranger() {
        assertThat(channels.find("s1")).isEmpty();
        assertThat(channels.find("s9")).isEmpty();
    }

    @Test
    void aPeerThatMovedToAnotherPortIsReachedThereAndCallsToTheOldOneEnd() {
        assertThat(nameOf("s2")).isEqualTo("two");
        CompletableFuture<String> waiting = silence("s2");

        Server moved = server("two, elsewhere");
        members.become(List.of(member("s1", 1), member("s2", moved.getPort())), Set.of());

        assertThat(nameOf("s2")).isEqualTo("two, elsewhere");
        assertThatItEnded(waiting);
    }

    @Test
    void aNewPeerIsReached() {
        Server three = server("three");
        members.become(List.of(member("s1", 1), member("s2", two.getPort()), member("s3", three.getPort())), Set.of());

        assertThat(nameOf("s3")).isEqualTo("three");
    }

    @Test
    void aPeerThatWasRemovedHasNoChannelAndIsDisconnectedByPrune() {
        ManagedChannel channel = channels.find("s2").orElseThrow();
        CompletableFuture<String> waiting = silence("s2");
        members.become(List.of(member("s1", 1)), Set.of());
        assertThat(channels.find("s2")).isEmpty();

        channels.prune();

        assertThat(channel.isShutdown()).isTrue();
        assertThatItEnded(waiting);
        await().until(channel::isTerminated);
    }

    @Test
    void pruneLeavesPeersAlone() {
        CompletableFuture<String> waiting = silence("s2");

        channels.prune();

        assertThat(nameOf("s2")).isEqualTo("two");
        assertThat(waiting).isNotDone();
    }

    @Test
    void onceClosedThereAreNoChannels() {
        ManagedChannel channel = channels.find("s2").orElseThrow();

        channels.close();

        assertThat(channel.isShutdown()).isTrue();
        assertThat(channels.find("s2")).isEmpty();
    }

    /** The naming loop asks for channels while Raft's thread changes the list: whoever asks gets the answer to one of the lists. */
    @Test
    void theListMayChangeWhileChannelsAreAskedFor() {
        List<Member> with = List.of(member("s1", 1), member("s2", two.getPort()));
        List<Member> without = List.of(member("s1", 1));
        CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 500; i++) {
                members.become(i % 2 == 0 ? without : with, Set.of());
            }
        });
        List<ManagedChannel> given = new ArrayList<>();
        while (!changes.isDone()) {
            channels.find("s2").filter(channel -> !given.contains(channel)).ifPresent(given::add);
            channels.prune();
        }
        changes.join();

        Optional<ManagedChannel> last = channels.find("s2");
        assertThat(nameOf("s2")).isEqualTo("two");
        assertThat(given).filteredOn(channel -> !channel.isShutdown()).isSubsetOf(last.orElseThrow());
    }

    private String nameOf(String peer) {
        ManagedChannel channel = channels.find(peer).orElseThrow();
        return ClientCalls.blockingUnaryCall(channel, NAME, CallOptions.DEFAULT.withWaitForReady(), "");
    }

    /** A call that gets no answer for as long as there is a connection. */
    private CompletableFuture<String> silence(String peer) {
        FutureAnswer answer = new FutureAnswer();
        ManagedChannel channel = channels.find(peer).orElseThrow();
        assertThat(nameOf(peer)).isNotEmpty();
        ClientCalls.asyncUnaryCall(channel.newCall(SILENCE, CallOptions.DEFAULT), "", answer);
        return answer;
    }

    private static void assertThatItEnded(CompletableFuture<String> call) {
        await().until(call::isDone);
        assertThatThrownBy(call::join)
                .hasCauseInstanceOf(StatusRuntimeException.class)
                .satisfies(failure ->
                        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    private Server server(String name) {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test")
                .addMethod(NAME, ServerCalls.asyncUnaryCall((request, answer) -> {
                    answer.onNext(name);
                    answer.onCompleted();
                }))
                .addMethod(SILENCE, ServerCalls.asyncUnaryCall((request, answer) -> {}))
                .build();
        try {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .directExecutor()
                    .addService(service)
                    .build()
                    .start();
            servers.add(server);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Member member(String id, int port) {
        return new Member(id, "127.0.0.1", 1, port, 1);
    }

    private static MethodDescriptor<String, String> method(String name) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test", name))
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }
}
