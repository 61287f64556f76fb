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
            case "auto" -> missing.isEmpty() ? NsNetwork.make(servers, dir) : ProxyNetwork.make(servers, dir);
            case "namespaces" -> {
                if (missing.isPresent()) {
                    throw new IllegalStateException("no network of namespaces: " + missing.get());
                }
                yield NsNetwork.make(servers, dir);
            }
            case "proxies" -> ProxyNetwork.make(servers, dir);
            default ->
                throw new IllegalArgumentException("network: " + kind + " (expected: auto, namespaces or proxies)");
        };
    }
}
