package io.gemel.consistency.health;

import com.google.common.net.InetAddresses;
import io.gemel.naming.Loop;
import io.gemel.naming.RegistryException;
import io.gemel.naming.Ticker;
import io.gemel.typed.HealthCheck;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes the checks of all kinds over the network.
 *
 * <p>Who can register an instance chooses where servers connect to. So link-local addresses, which cloud providers put secrets
 * behind, multicast and wildcard addresses are not probed, redirections not followed, and of an answer nothing is told but its status.
 */
final class NetworkProber implements Prober {
    /** A resolver that does not answer must not take all places of the checks that need none. */
    private static final int LOOKUPS_MAX = 64;

    private static final int ANSWER_BYTES_MAX = 4 * 1024;

    private final Loop names;
    private final Resolver resolver;
    private final SocketProber sockets;

    /** What is to go on in the loop of the checks; from any thread. */
    private final Queue<Runnable> next = new ConcurrentLinkedQueue<>();

    private int lookups;

    /** Looks a name up; blocks. */
    interface Resolver {
        InetAddress find(String host) throws UnknownHostException;
    }

    /** Where a host is, or what the check that needs to know comes to. */
    private record Found(Optional<InetAddress> address, Probed otherwise) {}

    /** {@code names} looks names up, which blocks it. */
    NetworkProber(Loop names, Ticker ticker) {
        this(names, ticker, InetAddress::getByName);
    }

    NetworkProber(Loop names, Ticker ticker, Resolver resolver) {
        this.names = names;
        this.resolver = resolver;
        this.sockets = new SocketProber(ticker);
    }

    @Override
    public void probe(HealthCheck check, String host, int port, Consumer<Probed> done) {
        if (check instanceof HealthCheck.Contributed contributed) {
            contributed(contributed, host, port, done);
        } else if (InetAddresses.isInetAddress(host)) {
            at(check, host, port, done, resolve(host));
        } else {
            lookUp(host, done, found -> at(check, host, port, done, found));
        }
    }

    private void lookUp(String host, Consumer<Probed> done, Consumer<Found> then) {
        if (lookups >= LOOKUPS_MAX) {
            done.accept(Probed.unknown("too many names to look up"));
            return;
        }
        try {
            names.execute(() -> {
                Found found = resolve(host);
                next.add(() -> {
                    lookups--;
                    then.accept(found);
                });
            });
            lookups++;
        } catch (RegistryException busy) {
            done.accept(Probed.unknown("too many names to look up"));
        }
    }

    private Found resolve(String host) {
        try {
            return new Found(Optional.of(resolver.find(host)), Probed.HEALTHY);
        } catch (UnknownHostException e) {
            return new Found(Optional.empty(), Probed.notResolved(host, e));
        }
    }

    private void at(HealthCheck check, String host, int port, Consumer<Probed> done, Found resolved) {
        if (resolved.address().isEmpty()) {
            done.accept(resolved.otherwise());
            return;
        }
        InetAddress found = resolved.address().get();
        if (found.isLinkLocalAddress() || found.isMulticastAddress() || found.isAnyLocalAddress()) {
            done.accept(
                    Probed.unhealthy("servers do not connect to such an address (link-local, multicast or wildcard)"));
            return;
        }
        InetSocketAddress address = new InetSocketAddress(found, port);
        if (check instanceof HealthCheck.Tcp) {
            sockets.start(
                    address, new SocketConversation.Connects(), check.schedule().timeout(), done);
        } else if (check instanceof HealthCheck.Http http) {
            String named = http.host().orElse((host.contains(":") ? "[" + host + "]" : host) + ":" + port);
            sockets.start(
                    address,
                    new SocketConversation.HttpGet(http, named),
                    check.schedule().timeout(),
                    done);
        } else if (check instanceof HealthCheck.MySql) {
            sockets.start(
                    address,
                    new SocketConversation.MySqlGreets(),
                    check.schedule().timeout(),
                    done);
        } else if (check instanceof HealthCheck.GrpcHealth grpc) {
            askGrpc(grpc, address, done);
        } else {
            done.accept(Probed.HEALTHY);
        }
    }

    /** A connection for each check: one that is kept would say nothing of whether a new caller gets one. */
    private void askGrpc(HealthCheck.GrpcHealth check, InetSocketAddress address, Consumer<Probed> done) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(address)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(ANSWER_BYTES_MAX)
                .build();
        HealthGrpc.newStub(channel)
                .withDeadlineAfter(check.schedule().timeout().toNanos(), TimeUnit.NANOSECONDS)
                .check(
                        HealthCheckRequest.newBuilder()
                                .setService(check.service())
                                .build(),
                        new StreamObserver<>() {
                            private String cause = "no answer";

                            @Override
                            public void onNext(HealthCheckResponse answer) {
                                boolean serving = answer.getStatus() == HealthCheckResponse.ServingStatus.SERVING;
                                cause = serving ? "" : "gRPC health: " + answer.getStatus();
                            }

                            @Override
                            public void onError(Throwable failure) {
                                channel.shutdownNow();
                                failed(check, address, failure, done);
                            }

                            @Override
                            public void onCompleted() {
                                channel.shutdownNow();
                                done.accept(cause.isEmpty() ? Probed.HEALTHY : Probed.unhealthy(cause));
                            }
                        });
    }

    /**
     * Netty's native transport throws the same for a network and for a host that cannot be reached, without a text: a plain connection tells
     * which of the two it is.
     */
    private void failed(
            HealthCheck.GrpcHealth check, InetSocketAddress address, Throwable failure, Consumer<Probed> done) {
        Status status = Status.fromThrowable(failure);
        Probed found = Probed.failed(failure, "gRPC health: " + status.getCode());
        if (status.getCause() instanceof NoRouteToHostException) {
            next.add(() -> sockets.start(
                    address,
                    new SocketConversation.Connects(),
                    check.schedule().timeout(),
                    plain -> done.accept(plain.finding() == Confirmations.Finding.UNKNOWN ? plain : found)));
        } else {
            done.accept(found);
        }
    }

    private static void contributed(HealthCheck.Contributed check, String host, int port, Consumer<Probed> done) {
        var unused = CompletableFuture.completedFuture("")
                .thenCompose(begin -> check.probe(host, port)) // what it throws ends in the future, too
                .orTimeout(check.schedule().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((cause, failure) -> done.accept(
                        failure == null
                                ? cause.map(Probed::unhealthy).orElse(Probed.HEALTHY)
                                : Probed.failed(
                                        failure,
                                        "no answer: " + failure.getClass().getSimpleName())));
    }

    @Override
    public void poll() {
        for (Runnable task = next.poll(); task != null; task = next.poll()) {
            task.run();
        }
        sockets.poll();
    }

    @Override
    public void close() {
        sockets.close();
    }
}
