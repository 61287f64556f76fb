package io.gemel.transport.nacos;

import io.gemel.naming.AtOnceConsistency;
import io.gemel.naming.Instance;
import io.gemel.naming.LamportClock;
import io.gemel.naming.Leases;
import io.gemel.naming.Naming;
import io.gemel.naming.NodeStatus;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publications;
import io.gemel.naming.Publisher;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import io.gemel.naming.ThreadLoop;
import io.gemel.typed.TypedCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A registry of one node behind its HTTP door on a free loopback port. */
final class HttpNode implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    private static final int LEASES_MAX = 1_000;

    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final ThreadLoop loop = new ThreadLoop("naming", 10_000, System::nanoTime, failures::add);
    final ThreadLoop push = new ThreadLoop("push", 10_000, System::nanoTime, failures::add);
    final Readiness readiness = new Readiness();
    final ConfigNotice notice = new ConfigNotice();
    final AtOnceConsistency consistency;
    final Naming naming;
    final NacosHttpServer.Parts parts;
    final NacosHttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpNode() {
        this(Duration.ofSeconds(10));
    }

    /** @param requestTimeout how long a request may take */
    HttpNode(Duration requestTimeout) {
        Subscriptions subscriptions = new Subscriptions(push);
        LamportClock clock = new LamportClock();
        ServiceIndex index = new ServiceIndex(loop, subscriptions::published);
        Publications publications = new Publications(loop, index, clock);
        consistency = new AtOnceConsistency(loop, index, publications, clock);
        Sessions sessions = new Sessions(
                loop,
                System::nanoTime,
                new SecureRandom(),
                new Sessions.Config(Duration.ofSeconds(2), 20),
                clock,
                publications,
                consistency);
        Leases leases =
                new Leases(loop, System::nanoTime, new SecureRandom(), LEASES_MAX, clock, publications, consistency);
        naming = new Naming(consistency, index, subscriptions, sessions, readiness);
        parts = new NacosHttpServer.Parts(
                naming, leases, this::status, TypedCodec.installed(), System::nanoTime, InstantSource.system(), notice);
        server = NacosHttpServer.start(HOST, 0, parts, requestTimeout);
    }

    private NodeStatus status() {
        return new NodeStatus(
                "s1",
                "gemel",
                "0.1.0",
                readiness.ready(),
                readiness.reason(),
                List.of(new NodeStatus.Member("s1", "127.0.0.1:9848", "self", "voter")),
                new NodeStatus.Raft("leader", "s1", 3, 17, 16, "00ff"),
                List.of(),
                1,
                2,
                3,
                NodeStatus.Guard.NONE);
    }

    /** Registers through the registry itself, as another door does. */
    void registerPersistent(String service, Instance instance) {
        var unused = naming.register(ServiceId.of(service), List.of(instance), Publisher.NONE, Precondition.NONE)
                .join();
    }

    /** Returns once what was written before is there. */
    void settle() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> loop.afterTurn(() -> done.complete(null)));
        done.join();
    }

    /** Sends {@code parameters} in the query. */
    HttpResponse<String> call(String method, String path, String parameters) {
        return send(request(path + (parameters.isEmpty() ? "" : "?" + parameters))
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** Sends {@code form} in the body. */
    HttpResponse<String> form(String method, String pathAndQuery, String form) {
        return send(request(pathAndQuery)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofString(form)));
    }

    HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + server.port() + "/nacos" + pathAndQuery))
                .header("User-Agent", "Nacos-Java-Client:v1.4.8")
                .timeout(Duration.ofSeconds(30));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("the server did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
        loop.close();
        push.close();
    }
}
