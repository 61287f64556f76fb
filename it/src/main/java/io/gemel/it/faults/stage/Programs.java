package io.gemel.it.faults.stage;

import io.gemel.bootstrap.Main;
import io.gemel.bootstrap.demo.ServerProcess;
import io.gemel.it.faults.worker.WorkerMain;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The command lines of server and client processes. Immutable. */
final class Programs {
    /** What a small JVM needs, as the start script has it; assertions are on, for they are what a run wants to see fail. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xss512k",
            "-Xms32m",
            "-Xmx256m",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-Dfile.encoding=UTF-8",
            "-ea");

    private final Preparation preparation;
    private final Path jar;

    Programs(Preparation preparation) {
        this.preparation = preparation;
        String named = System.getProperty("gemel.jar");
        this.jar = (named == null ? origin(Main.class) : Path.of(named)).toAbsolutePath();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(
                    "gemel.jar: " + jar + " (expected: the packaged server; the system property names it)");
        }
    }

    /**
     * Where a program runs.
     *
     * @param host its host
     * @param dir its directory
     * @param bind the address a server listens at
     * @param told by setting, what a server is told of the cluster; empty for a client process
     * @param prefix what puts it on its host
     * @param jvmOptions what its JVM needs there
     */
    record Place(
            String host,
            Path dir,
            String bind,
            Map<String, String> told,
            List<String> prefix,
            List<String> jvmOptions) {
        /** A text of the preparation, with this place filled in. */
        String fill(String text) {
            return text.replace("{node}", host).replace("{dir}", dir.toString());
        }
    }

    /** A server; its stderr is added to its log. */
    ProcessBuilder server(Place place, ServerNode server) {
        List<String> command = new ArrayList<>(variables(place));
        command.addAll(java(place));
        preparation.jvmOptions().forEach(option -> command.add(place.fill(option)));
        command.addAll(List.of("-jar", jar.toString(), "server"));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("node-id", server.id());
        settings.put("data-dir", server.dataDir().toString());
        settings.put("bind", place.bind());
        settings.putAll(place.told());
        settings.putAll(preparation.settings());
        settings.forEach((name, value) -> command.add("--" + name + "=" + value));
        return quiet(command, place)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        place.dir().resolve("server.out").toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    /** A client process, to be spoken to over its standard streams. */
    ProcessBuilder worker(Place place) {
        List<String> command = java(place);
        command.addAll(preparation.workerOptions());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                jar + File.pathSeparator + origin(WorkerMain.class),
                WorkerMain.class.getName()));
        return quiet(command, place);
    }

    private static ProcessBuilder quiet(List<String> command, Place place) {
        String log = place.told().isEmpty() ? "worker.log" : "server.log";
        return new ProcessBuilder(command)
                .directory(place.dir().toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        place.dir().resolve(log).toFile()));
    }

    /** Variables for the server alone: what puts it on its host must not load its libraries. */
    private List<String> variables(Place place) {
        Map<String, String> variables = new LinkedHashMap<>(preparation.environment());
        if (!preparation.preloads().isEmpty()) {
            variables.merge("LD_PRELOAD", String.join(":", preparation.preloads()), (a, b) -> b + ":" + a);
        }
        if (variables.isEmpty()) {
            return List.of();
        }
        List<String> command = new ArrayList<>(List.of("env"));
        variables.forEach((name, value) -> command.add(name + "=" + place.fill(value)));
        return command;
    }

    private List<String> java(Place place) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        String archive = System.getProperty("gemel.archive", jar.toString().replaceFirst("\\.jar$", ".jsa"));
        if (Files.isRegularFile(Path.of(archive))) {
            command.add("-XX:SharedArchiveFile=" + archive);
        }
        command.add("-D" + ServerProcess.PARENT_PROPERTY + "="
                + ProcessHandle.current().pid());
        command.addAll(place.jvmOptions());
        return command;
    }

    /** The jar or directory that a class was loaded from. */
    private static Path origin(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the harness was loaded from a place that has no path", e);
        }
    }
}
