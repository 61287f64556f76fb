package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.Refusals.Call;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.RegistryGrpc;
import io.gemel.transport.grpc.v1.StatusRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoorServerTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.persistent("10.0.0.1", 80);

    private final OneNode node = new OneNode();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void aPortInUseIsNamedWithWhatToDo() {
        assertThatThrownBy(() -> DoorServer.start("client", "127.0.0.1", node.server.port(), List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("client port")
                .hasMessageContaining(String.valueOf(node.server.port()))
                .hasMessageContaining("another port");
    }

    @Test
    void aHostThatIsNotOursIsNamed() {
        assertThatThrownBy(() -> DoorServer.start("client", "no-such-host.invalid", 0, List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void aRefusedConnectionMeansThatNothingWasDone() {
        RegistryGrpc.RegistryBlockingStub calls = node.calls();
        node.server.close();

        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> calls.register(Codec.registerRequest(ORDERS, List.of(A))));
        RegistryException refusal = Refusals.received(failure, Call.WRITE);
        assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refusal).hasMessageContaining("no connection");
    }

    @Test
    void aServerThatIsNotARegistryIsTold() {
        DoorServer empty = DoorServer.start("other", "127.0.0.1", 0, List.of());
        try (empty) {
            Channel channel = io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder.forAddress(
                            "127.0.0.1", empty.port())
                    .usePlaintext()
                    .build();
            StatusRuntimeException failure = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> RegistryGrpc.newBlockingStub(channel).register(Codec.registerRequest(ORDERS, List.of(A))));
            RegistryException refusal = Refusals.received(failure, Call.WRITE);
            assertThat(refusal.code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(refusal).hasMessageContaining("gemel.v1");
            ((io.grpc.ManagedChannel) channel).shutdownNow();
        }
    }

    @Test
    void garbageOnThePortHarmsNobody() throws IOException {
        StreamClient client = node.open();
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        send(noise);
        send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] framesOfNoise = new byte[preface.length + 1_000];
        System.arraycopy(preface, 0, framesOfNoise, 0, preface.length);
        System.arraycopy(noise, 0, framesOfNoise, preface.length, 1_000);
        send(framesOfNoise);

        assertThat(client.answer(client.ping()).hasDone()).isTrue();
        assertThat(node.calls().status(StatusRequest.getDefaultInstance()).getReady())
                .isTrue();
    }

    @Test
    void aUnaryMessageOverTheLimitIsToldToItsSenderAndHarmsNoOtherCall() {
        StreamClient client = node.open();
        RegistryGrpc.RegistryBlockingStub calls = node.calls();
        RegisterRequest request = ofSize(DoorServer.MESSAGE_BYTES_MAX + 1);
        assertThat(request.getSerializedSize()).isEqualTo(DoorServer.MESSAGE_BYTES_MAX + 1);

        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> calls.register(request));
        RegistryException refusal = Refusals.received(failure, Call.WRITE);
        assertThat(refusal.code()).isEqualTo(Code.BAD_REQUEST);
        assertThat(refusal).hasMessageContaining(String.valueOf(DoorServer.MESSAGE_BYTES_MAX));

        assertThat(calls.register(Codec.registerRequest(ORDERS, List.of(A))).getRevision())
                .isPositive();
        assertThat(client.answer(client.ping()).hasDone()).isTrue();
    }

    @Test
    void aMessageOnAStreamOverTheLimitEndsThatStreamOnly() {
        StreamClient other = node.open();
        StreamClient client = node.open();
        client.send(ClientMessage.newBuilder().setRegister(ofSize(DoorServer.MESSAGE_BYTES_MAX)));

        StreamClient.End end = client.end.join();
        // gRPC resets a stream that has begun to answer; the reason is in the server's log.
        assertThat(end.status().isOk()).isFalse();
        assertThat(other.answer(other.ping()).hasDone()).isTrue();
    }

    @Test
    void aMessageAtTheLimitIsRead() {
        RegisterRequest request = ofSize(DoorServer.MESSAGE_BYTES_MAX);

        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class, () -> node.calls().register(request));
        assertThat(failure).hasMessageContaining("service: '");
    }

    @Test
    void bytesThatAreNoMessageFailOnlyTheirCall() {
        MethodDescriptor<InputStream, InputStream> raw =
                RegistryGrpc.getRegisterMethod().toBuilder(new Raw(), new Raw()).build();
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(
                        node.connect(), raw, CallOptions.DEFAULT, new SharedBytes(ByteString.copyFrom(new byte[] {
                            (byte) 0xff, 1, 2, 3
                        }))));

        RegistryException refusal = Refusals.received(failure, Call.WRITE);
        assertThat(refusal.code()).isEqualTo(Code.BAD_REQUEST);
        assertThat(refusal).hasMessageContaining("gemel.v1.Registry/Register");
        assertThat(node.calls().status(StatusRequest.getDefaultInstance()).getReady())
                .isTrue();
    }

    @Test
    void stoppingEndsWhatDoesNotEndInTime() {
        StreamClient client = node.open();
        node.server.stop(Duration.ofMillis(50));

        assertThat(client.end.join().status().isOk()).isFalse();
        assertThat(portIsFree(node.server.port())).isTrue();
    }

    private void send(byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            while (socket.getInputStream().read() >= 0) {
                // until the server hangs up
            }
        } catch (SocketException e) {
            // a reset is a way to hang up too
            assertThat(e).hasMessageMatching("(?i).*(reset|pipe).*");
        }
    }

    private static boolean portIsFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** A request of exactly this many bytes: the name of its service is as long as that takes. */
    private static RegisterRequest ofSize(int bytes) {
        RegisterRequest request = named(bytes);
        return named(2 * bytes - request.getSerializedSize());
    }

    private static RegisterRequest named(int nameLength) {
        return RegisterRequest.newBuilder()
                .setService(io.gemel.transport.grpc.v1.ServiceId.newBuilder().setName("x".repeat(nameLength)))
                .build();
    }

    /** Bytes as they are. */
    private static final class Raw implements MethodDescriptor.Marshaller<InputStream> {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    }
}
