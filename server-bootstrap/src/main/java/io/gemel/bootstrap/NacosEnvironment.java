package io.gemel.bootstrap;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the variables that Nacos's container image knows mean here, so that a deployment can be given this server instead. They stand in
 * for settings that neither a flag nor {@code GEMEL_…} nor the file says.
 *
 * @param values by setting name, what a variable says of it
 * @param servers the list of the members; empty if there is none, or a standalone server is wanted
 * @param remarks of those that are set and mean nothing here, what to do instead
 */
record NacosEnvironment(Map<String, Settings.Sourced> values, Optional<String> servers, List<String> remarks) {
    private static final String SERVERS = "NACOS_SERVERS";

    /** Who said what {@link #servers()} says. */
    static final String SERVERS_SOURCE = "environment " + SERVERS;

    /** None of them. */
    static final NacosEnvironment NONE = new NacosEnvironment(Map.of(), Optional.empty(), List.of());

    private static final String MODE = "MODE";
    private static final String STANDALONE = "standalone";
    private static final String EVERYWHERE = "0.0.0.0";
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");

    /** In the order in which they count; Kubernetes sets variables of the same name to something else. */
    private static final List<String> PORTS = List.of("NACOS_SERVER_PORT", "NACOS_APPLICATION_PORT");

    /** What to do instead, by the beginning of a variable's name. */
    private static final Map<String, String> INSTEAD = new TreeMap<>(Map.ofEntries(
            Map.entry("SPRING_DATASOURCE_PLATFORM", "there is no database: keep the directory that data-dir names"),
            Map.entry("MYSQL_", "there is no database: keep the directory that data-dir names"),
            Map.entry("DB_POOL_", "there is no database: keep the directory that data-dir names"),
            Map.entry("EMBEDDED_STORAGE", "there is no database: keep the directory that data-dir names"),
            Map.entry("NACOS_AUTH_", "nobody is asked for a password: let nobody reach the ports who must not write"),
            Map.entry("JVM_X", "say it with GEMEL_JAVA_OPTS"),
            Map.entry("JVM_M", "say it with GEMEL_JAVA_OPTS"),
            Map.entry("NACOS_CONSOLE_", "there is no console: 'gemel --help' names the commands"),
            Map.entry("NACOS_SERVER_CONTEXTPATH", "HTTP is always under /nacos"),
            Map.entry("SERVER_SERVLET_CONTEXTPATH", "HTTP is always under /nacos"),
            Map.entry("TOMCAT_ACCESSLOG_", "requests are not logged; log-level says what is"),
            Map.entry("NACOS_DEBUG", "say it with log-level"),
            Map.entry("USE_ONLY_SITE_INTERFACES", "say the address with host"),
            Map.entry("PREFERRED_NETWORKS", "say the address with host"),
            Map.entry("IGNORED_INTERFACES", "say the address with host"),
            Map.entry("CUSTOM_SYSTEM_CONFIG", "'gemel server --help' lists the settings")));

    /** What {@code environment} says, on a machine with that name. */
    static NacosEnvironment of(Map<String, String> environment, LocalNames names) {
        Map<String, String> set = new HashMap<>(environment);
        set.values().removeIf(String::isBlank);
        Map<String, Settings.Sourced> values = new HashMap<>();
        boolean alone = STANDALONE.equals(set.get(MODE));
        Optional<String> servers = alone ? Optional.empty() : Optional.ofNullable(set.get(SERVERS));
        if (alone) {
            values.put(Setting.BIND.name(), said(MODE, EVERYWHERE));
        } else if (servers.isPresent()) {
            values.put(Setting.BIND.name(), said(SERVERS, EVERYWHERE));
        }
        PORTS.stream()
                .filter(name -> PORT.matcher(set.getOrDefault(name, "")).matches())
                .findFirst()
                .ifPresent(name -> values.put(Setting.BASE_PORT.name(), said(name, set.getOrDefault(name, ""))));
        String ip = set.get("NACOS_SERVER_IP");
        if (ip != null) {
            values.put(Setting.HOST.name(), said("NACOS_SERVER_IP", ip.strip()));
        } else if (servers.isEmpty() && "hostname".equals(set.get("PREFER_HOST_MODE"))) {
            values.put(Setting.HOST.name(), said("PREFER_HOST_MODE", names.hostName()));
        }
        return new NacosEnvironment(values, servers, remarks(set));
    }

    /** These, where {@code members} says all that they could. */
    NacosEnvironment withoutValues() {
        return new NacosEnvironment(Map.of(), Optional.empty(), remarks);
    }

    /** These, where something else says who the members are. */
    NacosEnvironment withoutCluster() {
        Map<String, Settings.Sourced> others = new HashMap<>(values);
        others.remove(Setting.BIND.name());
        return new NacosEnvironment(others, Optional.empty(), remarks);
    }

    private static Settings.Sourced said(String variable, String text) {
        return new Settings.Sourced(text, "environment " + variable);
    }

    private static List<String> remarks(Map<String, String> set) {
        Map<String, TreeSet<String>> byAdvice = new TreeMap<>();
        set.keySet()
                .forEach(variable -> INSTEAD.forEach((beginning, advice) -> {
                    if (variable.startsWith(beginning)) {
                        byAdvice.computeIfAbsent(advice, unused -> new TreeSet<>())
                                .add(variable);
                    }
                }));
        return byAdvice.entrySet().stream()
                .map(entry ->
                        "without effect here: %s (%s)".formatted(String.join(", ", entry.getValue()), entry.getKey()))
                .toList();
    }
}
