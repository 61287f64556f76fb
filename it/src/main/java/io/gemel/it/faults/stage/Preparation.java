package io.gemel.it.faults.stage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the faults and the seeded bug of a run need of its servers before these start. Not thread-safe. */
public final class Preparation {
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> jvmOptions = new ArrayList<>();
    private final List<String> workerOptions = new ArrayList<>();
    private final List<String> preloads = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private String disk = "plain";
    private String network = "auto";

    /** Sets an environment variable of every server; {@code {node}} in the value becomes the node's id, {@code {dir}} its directory. */
    public void environment(String name, String value) {
        environment.put(name, value);
    }

    /** Adds an option to every server's JVM; {@code {node}} and {@code {dir}} as in {@link #environment}. */
    public void jvmOption(String option) {
        jvmOptions.add(option);
    }

    /** Adds an option to the JVM of every client process. */
    public void workerOption(String option) {
        workerOptions.add(option);
    }

    /** Loads a shared library into every server before all others. */
    public void preload(String library) {
        preloads.add(library);
    }

    /** A setting of every server, as on the command line without the dashes. */
    public void setting(String name, String value) {
        settings.put(name, value);
    }

    /** Which kind of {@link Disk} every server gets: plain, loop or tmpfs. Throws {@link IllegalArgumentException} if another is needed already. */
    public void needDisk(String kind) {
        if (!disk.equals("plain") && !disk.equals(kind)) {
            throw new IllegalArgumentException(
                    "disk: " + kind + " (expected: " + disk + ", which another fault needs)");
        }
        disk = kind;
    }

    /** Which kind of {@link Network}: namespaces or proxies. Throws {@link IllegalArgumentException} if another is needed already. */
    public void needNetwork(String kind) {
        if (!network.equals("auto") && !network.equals(kind)) {
            throw new IllegalArgumentException(
                    "network: " + kind + " (expected: " + network + ", which another fault needs)");
        }
        network = kind;
    }

    /** The variables, in the order in which they were set. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** The options, in order. */
    public List<String> jvmOptions() {
        return List.copyOf(jvmOptions);
    }

    /** The options of client processes, in order. */
    public List<String> workerOptions() {
        return List.copyOf(workerOptions);
    }

    /** The libraries, in order. */
    public List<String> preloads() {
        return List.copyOf(preloads);
    }

    /** The settings. */
    public Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    /** plain, loop or tmpfs. */
    public String disk() {
        return disk;
    }

    /** auto, namespaces or proxies. */
    public String network() {
        return network;
    }
}
