package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls over a real connection, to a server that knows bytes only. */
class EtcdClientTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    private final Server server = NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(ServerServiceDefinition.builder("etcdserverpb.KV")
                    .addMethod(
                            bytesOf(EtcdCalls.PUT),
                            ServerCalls.asyncUnaryCall(
                                    (request, answer) -> answer(request, "0a036b657912026162", answer, "0a0318ac02")))
                    .addMethod(
                            bytesOf(EtcdCalls.RANGE),
                            ServerCalls.asyncUnaryCall(
                                    (request, answer) -> answer(request, "0a036b6579", answer, "12042a026162")))
                    .build())
            .build();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private static MethodDescriptor<byte[], byte[]> bytesOf(MethodDescriptor<?, ?> method) {
        return method.toBuilder(new Bytes(), new Bytes()).build();
    }

    /** Answers what it expects; anything else it refuses, and says what came. */
    private static void answer(byte[] request, String expected, StreamObserver<byte[]> answer, String hex) {
        String came = HexFormat.of().formatHex(request);
        if (came.equals(expected)) {
            answer.onNext(HexFormat.of().parseHex(hex));
            answer.onCompleted();
        } else {
            answer.onError(Status.INVALID_ARGUMENT.withDescription(came).asRuntimeException());
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aPutAndARangeAreAnswered() {
        try (EtcdClient client = EtcdClient.of(server.getPort())) {
            assertThat(client.put(KEY, ByteString.copyFromUtf8("ab")).join()).isEqualTo(300);
            assertThat(client.range(KEY).join()).contains(ByteString.copyFromUtf8("ab"));
        }
    }

    @Test
    void aRefusalFailsTheFuture() {
        try (EtcdClient client = EtcdClient.of(server.getPort())) {
            assertThatThrownBy(
                            () -> client.range(ByteString.copyFromUtf8("other")).join())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("INVALID_ARGUMENT: 0a056f74686572");
        }
    }
}
