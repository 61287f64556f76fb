package io.gemel.it.faults.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The namespaces that a harness runs in so that all it builds is its own: its hosts and links, what it mounts, and, where the
 * kernel lets it, its processes. All of that is gone when the harness is, however it ends.
 *
 * <p>A process cannot move itself there, because a JVM has several threads. So it executes itself again.
 */
public final class PrivateNamespace {
    /** Names the network namespace that was left behind, for those inside. */
    private static final String OUTSIDE = "FAULTS_OUTSIDE";

    private static final Path OWN_NETWORK = Path.of("/proc/self/ns/net");

    private static final List<String> TIE = List.of("setpriv", "--pdeathsig", "KILL");
    private static final List<String> OF_ITS_OWN = List.of("-m", "-n", "--propagation", "private");
    private static final List<String> WITH_PROCESSES = List.of("-p", "--mount-proc", "-f", "--kill-child");

    /**
     * A place of its own for shared memory. Libraries such as libfaketime name what they share by the number of their process,
     * which is small within and the same in each run: two runs at a time would share it, and what a killed server leaves would
     * stay on the machine.
     */
    private static final List<String> SHARED_MEMORY =
            List.of("sh", "-c", "mount -t tmpfs shm /dev/shm 2>/dev/null; exec \"$@\"", "sh");

    private PrivateNamespace() {}

    /** Whether this process runs inside one. */
    public static boolean inside() {
        String outside = System.getenv(OUTSIDE);
        return outside != null && network().filter(own -> !own.equals(outside)).isPresent();
    }

    /**
     * What runs {@code command} inside one, in place of itself. Throws {@link IllegalStateException} with the reason if this
     * machine or user may not have one.
     */
    public static List<String> command(List<String> command) {
        return command(command, List.of());
    }

    private static List<String> command(List<String> command, List<String> tie) {
        String outside =
                network().orElseThrow(() -> new IllegalStateException("there are no namespaces: no " + OWN_NETWORK));
        List<String> reasons = new ArrayList<>();
        for (List<String> way : ways(tie)) {
            Tool.Ended tried = Tool.attempt(joined(way, List.of("true")), "");
            if (tried.well()) {
                return joined(way, SHARED_MEMORY, List.of("env", OUTSIDE + "=" + outside), command);
            }
            reasons.add(String.join(" ", way) + ": " + tried.output().strip());
        }
        throw new IllegalStateException("no namespaces to be had: " + String.join("; ", reasons));
    }

    /** From the best to the least: as root or as a user who becomes root within, with processes of its own or without. */
    private static List<List<String>> ways(List<String> tie) {
        List<String> root = joined(tie, List.of("unshare"), OF_ITS_OWN);
        // To become root within unties, so that has to come first.
        List<String> user = joined(List.of("unshare", "-r"), tie, List.of("unshare"), OF_ITS_OWN);
        return List.of(joined(root, WITH_PROCESSES), joined(user, WITH_PROCESSES), root, user);
    }

    /** Why {@link #command} would fail; empty if it would not. */
    public static Optional<String> unavailable() {
        try {
            var unused = command(List.of("true"));
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The command that runs {@code main} as this JVM runs: with its options and its classes. */
    public static List<String> java(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        // Its number within may be that of another JVM outside, which has taken the file of that name.
        command.add("-XX:-UsePerfData");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /**
     * Runs {@code command} inside one, with the input and output of this process, and waits for its end; its exit code. When
     * this process is asked to end it asks the other and waits; when this is killed, so is the other.
     */
    public static int run(List<String> command) {
        List<String> tie = Tool.answers("setpriv", "--pdeathsig", "KILL", "true") ? TIE : List.of();
        List<String> whole = command(command, tie);
        try {
            Process process = new ProcessBuilder(whole).inheritIO().start();
            Thread hook = new Thread(() -> end(process), "end-of-namespace");
            Runtime.getRuntime().addShutdownHook(hook);
            int code = process.waitFor();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException ending) {
                // This process was asked to end as well.
            }
            return code;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the harness ran", e);
        }
    }

    /** {@code unshare} keeps signals to itself while it waits for a process of its own, so they go to that one. */
    private static void end(Process process) {
        boolean waits = process.info()
                .command()
                .filter(program -> program.endsWith("/unshare"))
                .isPresent();
        if (waits) {
            process.children().forEach(ProcessHandle::destroy);
        } else {
            process.destroy();
        }
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    private static Optional<String> network() {
        try {
            return Optional.of(Files.readSymbolicLink(OWN_NETWORK).toString());
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return joined(first, second, List.of());
    }

    private static List<String> joined(List<String> first, List<String> second, List<String> third) {
        return joined(first, second, third, List.of());
    }

    private static List<String> joined(
            List<String> first, List<String> second, List<String> third, List<String> fourth) {
        return Stream.of(first, second, third, fourth).flatMap(List::stream).toList();
    }
}
