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

/** What a bare gRPC stream costs on the same machine in the same run: the measure of what a registry makes of it. */
record EchoMeasure() implements Measure {
    private static final byte[] MESSAGE = new byte[200];

    @Override
    public String name() {
        return "grpc-echo";
    }

    @Override
    public String question() {
        return "messages of 200 bytes per second that a bare gRPC stream carries there and back, to compare";
    }

    @Override
    public List<Result> run(Plan plan) throws IOException {
        List<Result> results = new ArrayList<>();
        for (int callers : plan.callers()) {
            Process server = start();
            try (BufferedReader output = server.inputReader()) {
                int port = Integer.parseInt(output.readLine());
                List<Stream> streams = IntStream.range(0, Math.min(callers, plan.clientsPerNode()))
                        .mapToObj(i -> new Stream(port))
                        .toList();
                String setup = "%d callers with %d streams".formatted(callers, streams.size());
                results.add(Windows.measure(
                        plan,
                        () -> Machine.cpu(server.pid()),
                        callers,
                        (caller, sequence) ->
                                streams.get(caller % streams.size()).call(),
                        name(),
                        setup));
                streams.forEach(Stream::close);
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

    /** One stream on a connection of its own. Answers come in the order of the calls. */
    private static final class Stream implements StreamObserver<byte[]> {
        private final ManagedChannel channel;
        private final StreamObserver<byte[]> requests;
        private final Queue<CompletableFuture<byte[]>> waiting = new ConcurrentLinkedQueue<>();

        Stream(int port) {
            channel = NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .usePlaintext()
                    .directExecutor()
                    .build();
            requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoProgram.ECHO, CallOptions.DEFAULT), this);
        }

        synchronized CompletableFuture<byte[]> call() {
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

        void close() {
            channel.shutdownNow();
        }
    }
}
