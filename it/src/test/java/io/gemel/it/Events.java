package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.client.ServiceEvent;
import io.gemel.client.ServiceListener;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Remembers all that one subscription was told. */
final class Events implements ServiceListener {
    private final List<ServiceEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void changed(ServiceEvent event) {
        events.add(event);
    }

    List<ServiceEvent> all() {
        return events;
    }

    /** Waits until the service was last shown with exactly these instances. */
    void awaitInstances(Instance... instances) {
        Cluster.eventually().untilAsserted(() -> {
            assertThat(events).isNotEmpty();
            assertThat(events.get(events.size() - 1).instances()).containsExactlyInAnyOrder(instances);
        });
    }

    /** Every instance that was ever reported as gone. */
    List<InstanceKey> removed() {
        return keys(ServiceEvent::removed);
    }

    /** Every instance that was ever reported as changed. */
    List<InstanceKey> changed() {
        return keys(ServiceEvent::changed);
    }

    private List<InstanceKey> keys(Function<ServiceEvent, List<Instance>> part) {
        return events.stream()
                .map(part)
                .flatMap(List::stream)
                .map(Instance::key)
                .toList();
    }
}
