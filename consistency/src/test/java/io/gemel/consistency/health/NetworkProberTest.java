package io.gemel.consistency.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.ManualLoop;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Each kind of check against what it may meet: listeners on the loopback that answer, refuse, are silent or say something else. */
class NetworkProberTest {
    private static final String HERE = "127.0.0.1";
    private static final Schedule SCHEDULE = new Schedule(Duration.ofSeconds(20), Duration.ofSeconds(20), 1, 1);

    /** For who is silent: the others must not be late on a busy machine. */
    private static final Schedule SOON = new Schedule(Duration.ofSeconds(2), Duration.ofMillis(600), 1, 1);

    private static final Optional<Integer> OWN = Optional.empty();

    private final ManualLoop names = new ManualLoop();
    private final NetworkProber prober = new NetworkProber(names, System::nanoTime);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        prober.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void tcp() throws Exception {
        HealthCheck tcp = new HealthCheck.Tcp(SCHEDULE, OWN);
        int listening = listen("");
        assertThat(probe(tcp, HERE, listening)).isEmpty();
        assertThat(probe(tcp, "localhost", listening)).isEmpty();
        assertThat(probe(tcp, HERE, nobody()))
                .hasValueSatisfying(cause -> assertThat(cause).contains("refused"));
        assertThat(probe(tcp, "no-such-host.invalid", 80)).contains("the name is not known");
    }

    @Test
    void whatLooksLikeAnAddressAndIsNoneIsLookedUpWhereThatHoldsUpNoOtherCheck() {
        CompletableFuture<Probed> found = new CompletableFuture<>();
        prober.probe(new HealthCheck.Tcp(SCHEDULE, OWN), "300.1.1.1", 80, found::complete);
        assertThat(found).isNotDone();
        assertThat(names.waiting()).isOne();
    }

    @Test
    void namesThatNobodyAnswersLeavePlacesForAllThatIsNoName() throws Exception {
        HealthCheck tcp = new HealthCheck.Tcp(SCHEDULE, OWN);
        List<CompletableFuture<Probed>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Probed> one = new CompletableFuture<>();
            prober.probe(tcp, "localhost", nobody(), one::complete);
            all.add(one);
        }
        assertThat(all.subList(0, 64)).noneMatch(CompletableFuture::isDone);
        assertThat(all.subList(64, 100))
                .allSatisfy(one -> assertThat(one).isCompletedWithValue(Probed.unknown("too many names to look up")));
        assertThat(probe(tcp, HERE, listen(""))).isEmpty();
        await().pollInSameThread().until(() -> {
            prober.poll();
            return all.stream().allMatch(CompletableFuture::isDone);
        });
        assertThat(probe(tcp, "localhost", listen("")))
                .as("there is room again")
                .isEmpty();
    }

    @Test
    void addressesThatServersDoNotConnectTo() {
        for (String address : List.of("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::ffff:169.254.169.254")) {
            assertThat(probe(new HealthCheck.Tcp(SCHEDULE, OWN), address, 80))
                    .hasValueSatisfying(cause -> assertThat(cause).contains("servers do not connect"));
        }
    }

    @Test
    void http() throws Exception {
        HealthCheck check = new HealthCheck.Http(SCHEDULE, OWN, "/h?x=1", List.of(200, 204), Optional.of("shop"));
        AtomicReference<String> heard = new AtomicReference<>("");
        assertThat(probe(check, HERE, listen("HTTP/1.1 204 No Content\r\n\r\n", heard)))
                .isEmpty();
        assertThat(heard.get()).startsWith("GET /h?x=1 HTTP/1.1\r\nHost: shop\r\n");
        assertThat(probe(check, HERE, listen("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", heard)))
                .contains("status 302 (expected: [200, 204])");
        assertThat(probe(check, HERE, listen("HTTP/1.0 500\r\n\r\n", heard)))
                .contains("status 500 (expected: [200, 204])");
        assertThat(probe(check, HERE, listen("220 mail.example ESMTP\r\n", heard)))
                .contains("the answer is not HTTP/1.1");
        assertThat(probe(check, HERE, listen("HTTP", heard))).contains("the connection was closed without an answer");
    }

    @Test
    void anHttpServerThatIsSilentIsLate() throws Exception {
        ServerSocket silent = socket();
        assertThat(probe(
                        new HealthCheck.Http(SOON, OWN, "/", List.of(200), Optional.empty()),
                        HERE,
                        silent.getLocalPort()))
                .contains("no answer within 600 ms");
    }

    @Test
    void mysql() throws Exception {
        HealthCheck check = new HealthCheck.MySql(SCHEDULE, OWN);
        assertThat(probe(check, HERE, listen("J\0\0\0\n8.0.36\0"))).isEmpty();
        assertThat(probe(check, HERE, listen("\u0017\0\0\0\u00ff\u0010\u0004Too many connections")))
                .contains("MySQL error 1040");
        assertThat(probe(check, HERE, listen("HTTP/1.1 400 Bad Request\r\n")))
                .contains("the greeting is not one of a MySQL server");
    }

    @Test
    void grpcHealth() throws Exception {
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus("up", ServingStatus.SERVING);
        health.setStatus("down", ServingStatus.NOT_SERVING);
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(health.getHealthService())
                .build()
                .start();
        open.add(server::shutdownNow);
        assertThat(probe(grpc("up"), HERE, server.getPort())).isEmpty();
        assertThat(probe(grpc(""), HERE, server.getPort())).isEmpty();
        assertThat(probe(grpc("down"), HERE, server.getPort())).contains("gRPC health: NOT_SERVING");
        assertThat(probe(grpc("other"), HERE, server.getPort())).contains("gRPC health: NOT_FOUND");
        assertThat(probe(grpc("up"), HERE, nobody())).contains("gRPC health: UNAVAILABLE");
        assertThat(probe(new HealthCheck.GrpcHealth(SOON, OWN, "up"), HERE, socket().getLocalPort()))
                .contains("gRPC health: DEADLINE_EXCEEDED");
    }

    /** Linux has no route to a broadcast address for a connection, whatever the machine's network is. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aNetworkThatThisServerHasNoRouteToSaysNothingOfTheInstance() {
        String unrouted = "127.255.255.255";
        Probed nothing = Probed.unknown("network is unreachable");
        assertThat(probed(new HealthCheck.Tcp(SCHEDULE, OWN), unrouted, 80)).isEqualTo(nothing);
        assertThat(probed(new HealthCheck.Http(SCHEDULE, OWN, "/", List.of(200), Optional.empty()), unrouted, 80))
                .isEqualTo(nothing);
        assertThat(probed(new HealthCheck.MySql(SCHEDULE, OWN), unrouted, 80)).isEqualTo(nothing);
        assertThat(probed(grpc("up"), unrouted, 80)).isEqualTo(nothing);
    }

    @Test
    void aNameThatTheResolverFailsToAnswerSaysNothingOfTheInstance() {
        for (String text : List.of("Temporary failure in name resolution", "System error", "Too many open files")) {
            NetworkProber failing = new NetworkProber(names, System::nanoTime, host -> {
                throw new UnknownHostException(host + ": " + text);
            });
            open.add(failing);
            CompletableFuture<Probed> found = new CompletableFuture<>();
            failing.probe(new HealthCheck.Tcp(SCHEDULE, OWN), "shop.example", 80, found::complete);
            names.runAll();
            failing.poll();
            assertThat(found).isCompletedWithValue(Probed.unknown(text.toLowerCase(Locale.ROOT)));
        }
    }

    @Test
    void aPlugInThatLacksFilesSaysNothingOfTheInstance() {
        assertThat(probed(new Failing(new SocketException("Too many open files")), HERE, 80))
                .isEqualTo(Probed.unknown("too many open files"));
        assertThat(probe(new Failing(new SocketException("Connection reset")), HERE, 80))
                .isPresent();
    }

    @Test
    void manyAtOnceNeedNoThreadOfTheirOwn() throws Exception {
        int listening = listen("");
        int threads = Thread.activeCount();
        List<CompletableFuture<Probed>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Probed> one = new CompletableFuture<>();
            prober.probe(new HealthCheck.Tcp(SCHEDULE, OWN), HERE, listening, one::complete);
            all.add(one);
        }
        await().pollInSameThread().until(() -> {
            prober.poll();
            return all.stream().allMatch(CompletableFuture::isDone);
        });
        assertThat(all).allSatisfy(one -> assertThat(one).isCompletedWithValue(Probed.HEALTHY));
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
    }

    /** A plug-in's check. */
    private record Failing(Throwable failure) implements HealthCheck.Contributed {
        @Override
        public Schedule schedule() {
            return SCHEDULE;
        }

        @Override
        public Optional<Integer> port() {
            return OWN;
        }

        @Override
        public CompletableFuture<Optional<String>> probe(String host, int port) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static HealthCheck grpc(String service) {
        return new HealthCheck.GrpcHealth(SCHEDULE, OWN, service);
    }

    /** Why the instance is unhealthy; empty if it is healthy. */
    private Optional<String> probe(HealthCheck check, String host, int port) {
        Probed probed = probed(check, host, port);
        assertThat(probed.finding()).isNotEqualTo(Confirmations.Finding.UNKNOWN);
        return Optional.of(probed.cause()).filter(cause -> !probed.healthy());
    }

    private Probed probed(HealthCheck check, String host, int port) {
        CompletableFuture<Probed> found = new CompletableFuture<>();
        prober.probe(check, host, port, found::complete);
        return await().pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> {
                            names.runAll();
                            prober.poll();
                            return found;
                        },
                        CompletableFuture::isDone)
                .join();
    }

    private ServerSocket socket() throws IOException {
        ServerSocket socket = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        open.add(socket);
        return socket;
    }

    private static int nobody() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    private int listen(String greeting) throws IOException {
        return listen(greeting, false, new AtomicReference<>(""));
    }

    private int listen(String answer, AtomicReference<String> heard) throws IOException {
        return listen(answer, true, heard);
    }

    /** Says {@code answer} to whoever connects, then hangs up. */
    private int listen(String answer, boolean listensFirst, AtomicReference<String> heard) throws IOException {
        ServerSocket socket = socket();
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    try (Socket caller = socket.accept()) {
                        if (listensFirst) {
                            InputStream in = caller.getInputStream();
                            byte[] request = new byte[1_000];
                            int read = in.read(request);
                            heard.set(new String(request, 0, Math.max(read, 0), StandardCharsets.US_ASCII));
                        }
                        caller.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    }
                }
            } catch (IOException closed) {
                // the test is over
            }
        });
        thread.setDaemon(true);
        thread.start();
        return socket.getLocalPort();
    }
}
