package io.gemel.bootstrap;

import io.gemel.transport.nacos.NacosHttpServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The HTTP port on its way to be open, on a thread of the JVM's own pool: an HTTP server has many classes to load, and nothing waits for it but the end of the start. */
final class HttpStart implements AutoCloseable {
    private final CompletableFuture<NacosHttpServer> server;

    HttpStart(String host, int port, NacosHttpServer.Parts parts) {
        server = CompletableFuture.supplyAsync(() -> NacosHttpServer.start(host, port, parts));
    }

    /** Waits until the port is open; throws what kept it from that. */
    NacosHttpServer opened() {
        try {
            return server.join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof IllegalStateException refusal ? refusal : failure;
        }
    }

    /** Closes the port, should it ever open. */
    @Override
    public void close() {
        var unused = server.thenAccept(NacosHttpServer::close);
    }
}
