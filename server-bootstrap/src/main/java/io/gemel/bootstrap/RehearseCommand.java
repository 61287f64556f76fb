package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.Logging;
import io.gemel.bootstrap.demo.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Starts a node, sends it some commands and stops it, all in this process. The start script runs it once after a build
 * to learn which classes a start needs, so that the JVM can archive them.
 */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {
    private static final int READY_SECONDS = 30;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.at("info");
        Path dir = Files.createTempDirectory("gemel-rehearse-");
        try {
            return rehearse(dir);
        } finally {
            delete(dir);
        }
    }

    private static int rehearse(Path dir) throws InterruptedException {
        List<Integer> ports = FreePorts.loopback(3);
        Map<String, String> flags = Map.of(
                "data-dir", dir.resolve("data").toString(),
                "client-port", ports.get(0).toString(),
                "server-port", ports.get(1).toString(),
                "raft-port", ports.get(2).toString());
        ServerConfig config =
                ServerConfig.of(Settings.resolve(flags, Map.of(), Optional.empty()), "rehearsal", Optional.empty());
        try (DataDir dataDir = DataDir.take(config.dataDir())) {
            NodeIdentity identity = NodeIdentity.claim(dataDir, config, InstantSource.system());
            GemelNode node = new GemelNode(
                    config, identity, failure -> Runtime.getRuntime().halt(1));
            node.start();
            CountDownLatch ready = new CountDownLatch(1);
            node.whenReady(ready::countDown);
            boolean started = ready.await(READY_SECONDS, TimeUnit.SECONDS);
            int refused = started ? commands(config.self().clientAddress()) + http(config) : 1;
            node.stop();
            return refused;
        }
    }

    private static int commands(String server) {
        String at = "--server=" + server;
        return Stream.of(
                        List.of("register", "rehearsal", "127.0.0.1:1", "--persistent", at),
                        List.of("get", "rehearsal", at),
                        List.of("get", "rehearsal", "--linearizable", "-o", "json", at),
                        List.of("services", at),
                        List.of("status", at),
                        List.of("cluster", "list", at),
                        List.of("deregister", "rehearsal", "127.0.0.1:1", at))
                .mapToInt(arguments -> Main.commandLine().execute(arguments.toArray(String[]::new)))
                .sum();
    }

    /** Asks for a list over HTTP. */
    private static int http(ServerConfig config) {
        URI list = URI.create("http://127.0.0.1:%d/nacos/v1/ns/instance/list?serviceName=rehearsal"
                .formatted(config.httpPort().orElseThrow()));
        try (InputStream answer = list.toURL().openStream()) {
            return answer.readAllBytes().length > 0 ? 0 : 1;
        } catch (IOException e) {
            return 1;
        }
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
