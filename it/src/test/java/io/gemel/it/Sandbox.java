package io.gemel.it;

import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.opentest4j.TestAbortedException;

/**
 * Where the tests of one class run their processes and clients, and who ends them.
 *
 * <p>What a test opens ends with the test, what the class opens before its tests ends with the class. If a test failed, the
 * directory with data and logs is kept and its path printed; else it is deleted.
 */
final class Sandbox implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Path ROOT =
            Path.of(System.getProperty("gemel.it.dir", "target/it")).toAbsolutePath();

    private final Deque<AutoCloseable> ofTheClass = new ArrayDeque<>();
    private final Deque<AutoCloseable> ofTheTest = new ArrayDeque<>();
    private Optional<ExtensionContext.Store> run = Optional.empty();
    private Optional<SharedCluster> shared = Optional.empty();
    private Path dir = ROOT;
    private int tests;
    private int commands;
    private boolean inTest;
    private boolean failed;

    @Override
    public void beforeAll(ExtensionContext context) {
        dir = emptied(ROOT.resolve(context.getRequiredTestClass().getSimpleName()));
        run = Optional.of(context.getRoot().getStore(Namespace.create(Sandbox.class)));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        inTest = true;
        tests++;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        inTest = false;
        failure(context).ifPresent(failure -> keep(context.getDisplayName()));
        closeAll(ofTheTest);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        failure(context).ifPresent(failure -> keep(context.getDisplayName()));
        closeAll(ofTheClass);
        if (!failed) {
            delete(dir);
        }
    }

    /** Why it failed; what was skipped has not. */
    private static Optional<Throwable> failure(ExtensionContext context) {
        return context.getExecutionException().filter(thrown -> !(thrown instanceof TestAbortedException));
    }

    private void keep(String test) {
        failed = true;
        System.err.println("FAILED " + test + ": servers' data and logs are kept in " + dir);
        shared.ifPresent(cluster -> {
            cluster.keep = true;
            System.err.println("       the shared cluster's are kept in " + cluster.dir);
        });
    }

    /** A directory of its own for the running test. */
    Path dir() {
        return inTest ? dir.resolve("test-" + tests) : dir;
    }

    /** The cluster of all classes whose tests leave it as they found it: running and in agreement. */
    Cluster sharedCluster() {
        SharedCluster found =
                run.orElseThrow().computeIfAbsent("cluster", name -> new SharedCluster(), SharedCluster.class);
        shared = Optional.of(found);
        found.cluster.heal();
        return found.cluster;
    }

    /** A cluster that is not running yet. */
    Cluster cluster(String... flags) {
        return opened(new Cluster(dir(), flags));
    }

    /** A server that is not running yet, and that has no flag but what {@link Node#configure} will give it. */
    Node node(String id) {
        return opened(new Node(id, dir().resolve(id)));
    }

    /** A client with all of {@code servers} in its list. */
    NamingService client(List<Node> servers) {
        return opened(NamingService.connect(ClientOptions.of(Cluster.addresses(servers))));
    }

    /** A client that knows {@code server} only, to begin with. */
    NamingService client(Node server) {
        return client(List.of(server));
    }

    /** Starts {@code gemel arguments} with these variables in its environment. */
    GemelProcess start(Map<String, String> environment, String... arguments) {
        commands++;
        Path own = dir();
        return opened(
                GemelProcess.start(own, own.resolve(arguments[0] + "-" + commands), environment, List.of(arguments)));
    }

    /** Starts {@code gemel arguments}. */
    GemelProcess start(String... arguments) {
        return start(Map.of(), arguments);
    }

    /** Runs {@code gemel arguments} to its end. */
    GemelProcess.Ended gemel(String... arguments) {
        return start(arguments).awaitEnd(GemelProcess.PATIENCE);
    }

    /** Starts an application in Java: {@code framework} is the directory below {@code it/apps} that it is in. */
    App app(String framework, String name, String main, String... arguments) {
        Path own = dir().resolve(name);
        return started(
                new App(own, Map.of(), App.java(own, framework, "io.gemel.it.apps." + main, List.of(arguments))));
    }

    /** Starts an application. */
    App app(String name, Map<String, String> environment, String... command) {
        return started(new App(dir().resolve(name), environment, List.of(command)));
    }

    private App started(App app) {
        opened(app).start();
        return app;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        (inTest ? ofTheTest : ofTheClass).push(resource);
        return resource;
    }

    private static void closeAll(Deque<AutoCloseable> resources) throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
    }

    private static Path emptied(Path dir) {
        delete(dir);
        try {
            return Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path dir) {
        if (!Files.exists(dir)) {
            return;
        }
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file :
                    new ArrayList<>(files.sorted(Comparator.reverseOrder()).toList())) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends with the run. */
    private static final class SharedCluster implements AutoCloseable {
        final Path dir = emptied(ROOT.resolve("shared"));

        final Cluster cluster = new Cluster(dir, Cluster.SLOW_ELECTIONS);

        boolean keep;

        @Override
        public void close() {
            cluster.close();
            if (!keep) {
                delete(dir);
            }
        }
    }
}
