package io.gemel.it.bench;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** What bare gRPC costs on the same machine in the same run: the measure of what a registry makes of it. */
record EchoMeasure(Kind kind) implements Measure {
    private static final byte[] MESSAGE = new byte[200];

    /** How messages travel. */
    enum Kind {
        STREAM("grpc-echo", "a bare gRPC stream carries"),
        UNARY("grpc-unary", "bare unary gRPC calls carry");

        private final String measure;
        private final String carries;

        Kind(String measure, String carries) {
            this.measure = measure;
            this.carries = carries;
        }

        Echoes open(int port) {
            return switch (this) {
                case STREAM -> new Stream(port);
                case UNARY -> new Unary(port);
            };
        }
    }

    @Override
    public String name() {
        return kind.measure;
    }

    @Override
    public String question() {
        return "messages of 200 bytes per second that %s there and back, to compare".formatted(kind.carries);
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        for (int callers : plan.callers()) {
            Process server = start();
            try (BufferedReader output = server.inputReader()) {
                int port = Integer.parseInt(output.readLine());
                List<Echoes> connections = IntStream.range(0, Math.min(callers, plan.clientsPerNode()))
                        .mapToObj(i -> kind.open(port))
                        .toList();
                String setup = "%d callers with %d connections".formatted(callers, connections.size());
                results.add(Windows.measure(
                        plan,
                        () -> Machine.cpu(server.pid()),
                        callers,
                        (caller, sequence) ->
                                connections.get(caller % connections.size()).call(),
                        name(),
                        setup));
                connections.forEach(Echoes::close);
            } finally {
                server.destroyForcibly();
                server.onExit().join();
            }
        }
        return results;
    }

    private static Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xms32m",
                        "-XX:NewRatio=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoProgram.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** A connection whose server sends back what it is sent. */
    private interface Echoes {
        CompletableFuture<byte[]> call();

        void close();
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .usePlaintext()
                .directExecutor()
                .build();
    }

    /** A call for each message. */
    private static final class Unary implements Echoes {
        private final ManagedChannel channel;

        Unary(int port) {
            channel = channel(port);
        }

        @Override
        public CompletableFuture<byte[]> call() {
            CompletableFuture<byte[]> answered = new CompletableFuture<>();
            ClientCalls.asyncUnaryCall(
                    channel.newCall(EchoProgram.UNARY, CallOptions.DEFAULT), MESSAGE, new StreamObserver<>() {
                        @Override
                        public void onNext(byte[] message) {
                            answered.complete(message);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            answered.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            return answered;
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    /** One stream. Answers come in the order of the calls. */
    private static final class Stream implements Echoes, StreamObserver<byte[]> {
        private final ManagedChannel channel;
        private final StreamObserver<byte[]> requests;
        private final Queue<CompletableFuture<byte[]>> waiting = new ConcurrentLinkedQueue<>();

        Stream(int port) {
            channel = channel(port);
            requests =
                    ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoProgram.STREAM, CallOptions.DEFAULT), this);
        }

        @Override
        public synchronized CompletableFuture<byte[]> call() {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            waiting.add(answer);
            requests.onNext(MESSAGE);
            return answer;
        }

        @Override
        public void onNext(byte[] message) {
            CompletableFuture<byte[]> answer = waiting.poll();
            if (answer != null) {
                answer.complete(message);
            }
        }

        @Override
        public void onError(Throwable failure) {
            for (var answer = waiting.poll(); answer != null; answer = waiting.poll()) {
                answer.completeExceptionally(failure);
            }
        }

        @Override
        public void onCompleted() {
            onError(new IOException("the server has ended the stream"));
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }
}
