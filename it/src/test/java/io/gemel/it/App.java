package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.nacos.NacosLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An application of {@code it/apps} in a process of its own, with the libraries of its framework and none of ours. It prints its port, and is asked over
 * HTTP.
 */
final class App implements AutoCloseable {
    /** Where the applications are, a directory each. */
    static final Path APPS = Path.of(System.getProperty("gemel.it.apps", "apps"));

    /** How long it may take until it serves: several start at once, each with a framework to load. */
    private static final Duration PATIENCE = GemelProcess.PATIENCE.multipliedBy(3);

    private static final Pattern READY = Pattern.compile("serving at (\\d+)\\R");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path dir;
    private final Map<String, String> environment;
    private final List<String> command;
    private Optional<GemelProcess> process = Optional.empty();
    private int starts;

    /** An application that is not running yet, with {@code dir} as the home of its user, where frameworks leave their logs and caches. */
    App(Path dir, Map<String, String> environment, List<String> command) {
        this.dir = dir;
        this.environment = environment;
        this.command = List.copyOf(command);
    }

    /** The command that runs {@code main} with the libraries of {@code framework}. */
    static List<String> java(Path home, String framework, String main, List<String> arguments) {
        Path target = APPS.resolve(framework).resolve("target").toAbsolutePath();
        assertThat(target.resolve("app.jar")).as("made by its package phase").isRegularFile();
        List<String> command = GemelProcess.java(
                "-Duser.home=" + home, "-cp", target.resolve("app.jar") + ":" + target.resolve("lib") + "/*", main);
        command.addAll(arguments);
        return command;
    }

    /** Starts it without waiting until it serves. */
    void start() {
        starts++;
        process = Optional.of(GemelProcess.launch(dir, dir.resolve("start-" + starts), environment, command));
    }

    /** The version of {@code artifact} among the libraries of {@code framework}. */
    static String version(String framework, String artifact) {
        return version(APPS.resolve(framework).resolve("target/lib"), artifact);
    }

    /** The exact version of nacos-client that tests call {@code version}. */
    static String nacosClient(String version) {
        return version(NacosLibraries.built().of(version), "nacos-client");
    }

    /** The version of {@code artifact} that the name of its jar in {@code dir} says. */
    static String version(Path dir, String artifact) {
        Pattern name = Pattern.compile(Pattern.quote(artifact) + "-(\\d.*)\\.jar");
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> name.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(match -> match.group(1))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it serves; returns its port. */
    int port() {
        process().awaitOut("serving at ", PATIENCE);
        Matcher port = READY.matcher(process().out());
        assertThat(port.find()).as("tells its port:%n%s", log()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    /** What it answers to a GET; fails if that is no success. */
    String get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + Node.HOST + ":" + port() + path))
                .timeout(GemelProcess.PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode())
                    .as("%s: %s%n%s", path, answer.body(), log())
                    .isEqualTo(200);
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it answers, each once, to {@code times} such calls. */
    Set<String> gets(int times, String path) {
        return Stream.generate(() -> get(path)).limit(times).collect(Collectors.toCollection(HashSet::new));
    }

    /** SIGTERM, and waits until it has ended. */
    void stop() {
        process().terminate(GemelProcess.PATIENCE);
    }

    /** SIGKILL. */
    void kill() {
        process().close();
    }

    /** What it logged so far. */
    String log() {
        return process().out() + process().err();
    }

    private GemelProcess process() {
        return process.orElseThrow(() -> new IllegalStateException(dir + " was not started"));
    }

    @Override
    public void close() {
        process.ifPresent(GemelProcess::close);
    }
}
