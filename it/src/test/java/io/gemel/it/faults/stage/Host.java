package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A {@link Talker} on a host of a network. */
final class Host {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Process process;
    private final String name;
    private final Wiring network;
    private final Writer commands;
    private final List<String> printed = new CopyOnWriteArrayList<>();

    /** Starts it; a server listens at its client and server port. */
    Host(String name, Wiring network, Launcher launcher) {
        this.name = name;
        this.network = network;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(network.jvmOptions(name));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Talker.class.getName()));
        if (name.startsWith("s")) {
            command.add(network.address(name));
            command.add(Integer.toString(network.ports(name).client()));
            command.add(Integer.toString(network.ports(name).server()));
        }
        Process process = launcher.start(
                network.prefix(name), new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> read(process), "host-" + name);
        reader.setDaemon(true);
        reader.start();
        hears("ready");
    }

    /** Ends it; its ports are free then. */
    void end() {
        process.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }

    private void read(Process process) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(printed::add);
        } catch (IOException e) {
            printed.add("gone: " + e);
        }
    }

    /** Connects to {@code server}, at its client port or, if this is a server too, at its server port. */
    void dial(String server) {
        int port = name.startsWith("s")
                ? network.ports(server).server()
                : network.ports(server).client();
        tell("dial " + network.memberHost(server) + " " + port);
    }

    void say(String text) {
        tell("say " + text);
    }

    private void tell(String line) {
        try {
            commands.write(line + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new IllegalStateException(name + " ended", e);
        }
    }

    /** Waits until it has printed a line that begins so. */
    void hears(String beginning) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() ->
                        assertThat(printed).as("printed on " + name).anyMatch(line -> line.startsWith(beginning)));
    }

    /** Sees it print no such line for a while. */
    void hearsNothingOf(String beginning) {
        await().during(Duration.ofMillis(700))
                .atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(printed).as("printed on " + name).noneMatch(line -> line.startsWith(beginning)));
    }
}
