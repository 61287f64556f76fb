package io.gemel.transport.grpc;

import java.util.HashMap;
import java.util.Map;

/** Names of metadata are few, and are in every instance: of each there is one string, however many instances are read. Values are not shared so. */
final class MetadataNames {
    private MetadataNames() {}

    static Map<String, String> shared(Map<String, String> received) {
        Map<String, String> shared = new HashMap<>();
        received.forEach((name, value) -> shared.put(name.intern(), value));
        return shared;
    }
}
