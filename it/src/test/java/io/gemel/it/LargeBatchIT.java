package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.NamingService;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever a server takes in one request, its peers get, too. */
class LargeBatchIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final ServiceId LARGE = ServiceId.of("large-batch");
    private static final ServiceId AFTER = ServiceId.of("after-the-large-batch");

    /** With all of it just within the four megabytes that a request may have; what peers are told has more to each instance. */
    private static final String NOTE = "x".repeat(4_090);

    @Test
    void aBatchAsLargeAsARequestMayBeIsSeenOnEveryNodeAndByOneThatStartsLater() {
        Cluster cluster = SANDBOX.sharedCluster();
        List<Instance> batch = IntStream.rangeClosed(1, 1_000)
                .mapToObj(port -> Instance.ephemeral("10.8.0.1", port).withMetadata("note", NOTE))
                .toList();
        NamingService client = SANDBOX.client(cluster.node(1));
        client.registerAll(LARGE, batch);
        client.register(AFTER, Instance.ephemeral("10.8.0.2", 80));
        everyNodeShowsAll(cluster);

        Node late = cluster.node(3);
        late.kill();
        cluster.heal();
        everyNodeShowsAll(cluster);
    }

    private static void everyNodeShowsAll(Cluster cluster) {
        for (Node node : cluster.nodes()) {
            eventually().untilAsserted(() -> {
                assertThat(node.instances(LARGE)).as("at %s", node).hasSize(1_000);
                assertThat(node.instances(AFTER)).as("at %s", node).hasSize(1);
            });
        }
    }
}
