package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;

/** Shows that a server still does its whole job. */
final class Unharmed {
    private static final ServiceId SERVICE = ServiceId.of("still-alive");

    private Unharmed() {}

    /** Registers, reads and removes both kinds at {@code node}; its process and its readiness must be what they were. */
    static void check(Node node) {
        assertThat(node.running()).as("%s runs", node).isTrue();
        assertThat(node.status())
                .hasValueSatisfying(status -> assertThat(status.ready()).isTrue());
        try (NamingService client = NamingService.connect(ClientOptions.of(node.address()))) {
            Instance persistent = Instance.persistent("10.49.0.1", node.clientPort());
            Instance ephemeral = Instance.ephemeral("10.49.0.2", node.clientPort());
            client.register(SERVICE, persistent);
            client.register(SERVICE, ephemeral);
            assertThat(node.instances(SERVICE, ReadLevel.LINEARIZABLE)).contains(persistent, ephemeral);
            client.deregister(SERVICE, persistent);
            assertThat(node.instances(SERVICE, ReadLevel.LINEARIZABLE)).doesNotContain(persistent);
        }
    }
}
