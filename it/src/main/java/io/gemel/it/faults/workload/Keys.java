package io.gemel.it.faults.workload;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;

/** How a history names things. */
final class Keys {
    /** The metadata entry that says which write or which incarnation an instance is. */
    static final String VALUE = "v";

    private Keys() {}

    /** namespace/group/service. */
    static String of(ServiceId service) {
        return service.toString();
    }

    /** ip:port/cluster. */
    static String of(InstanceKey key) {
        return key.ip() + ":" + key.port() + "/" + key.cluster();
    }

    /** namespace/group/service#ip:port/cluster. */
    static String of(ServiceId service, InstanceKey key) {
        return of(service) + "#" + of(key);
    }

    /** The address number {@code number} of client number {@code client}: both from 0, and no two the same. */
    static InstanceKey address(int client, int number) {
        int host = number % 250 + 1;
        int net = number / 250 % 250;
        int port = 8_000 + number / 62_500;
        return new InstanceKey("10.%d.%d.%d".formatted(client + 1, net, host), port, InstanceKey.DEFAULT_CLUSTER);
    }

    static Instance persistent(InstanceKey key, String value) {
        return Instance.persistent(key.ip(), key.port())
                .withCluster(key.cluster())
                .withMetadata(VALUE, value);
    }

    static Instance ephemeral(InstanceKey key, String value) {
        return Instance.ephemeral(key.ip(), key.port())
                .withCluster(key.cluster())
                .withMetadata(VALUE, value);
    }
}
