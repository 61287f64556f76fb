package io.gemel.it.faults.stage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Chooses what a stage is built on. */
final class Networks {
    private Networks() {}

    /** The network that is asked for, or the best there is if that is {@code auto}. */
    static Wiring make(String kind, List<String> servers, Path dir) {
        Optional<String> missing = NsNetwork.unavailable();
        return switch (kind) {
            case "auto" -> missing.isEmpty() ? NsNetwork.make(servers, dir) : proxies(servers, dir);
            case "namespaces" -> {
                if (missing.isPresent()) {
                    throw new IllegalStateException("no network of namespaces: " + missing.get());
                }
                yield NsNetwork.make(servers, dir);
            }
            case "proxies" -> proxies(servers, dir);
            default ->
                throw new IllegalArgumentException("network: " + kind + " (expected: auto, namespaces or proxies)");
        };
    }

    private static Wiring proxies(List<String> servers, Path dir) {
        if (PrivateNamespace.inside()) {
            Tool.run(List.of("ip", "link", "set", "lo", "up")); // a new namespace has it down
        }
        return ProxyNetwork.make(servers, dir);
    }
}
