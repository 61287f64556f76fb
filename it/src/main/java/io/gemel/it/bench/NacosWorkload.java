package io.gemel.it.bench;

import io.gemel.it.nacos.NacosClient;
import io.gemel.naming.Ticker;
import java.util.List;
import java.util.stream.IntStream;

/** What loads register through nacos-client: the addresses and the metadata of {@link Workload}, in Nacos's default group. */
final class NacosWorkload {
    static final String GROUP = "DEFAULT_GROUP";

    private NacosWorkload() {}

    /** The instance at key {@code key}. */
    static Object instance(NacosClient client, boolean ephemeral, int key, long version) {
        return client.instance(Workload.ip(key), Workload.PORT, ephemeral, 1, Workload.metadata(version));
    }

    static void register(NacosClient client, String service, Object instance) {
        Object unused = client.call("registerInstance", service, GROUP, instance);
    }

    static void deregister(NacosClient client, String service, Object instance) {
        Object unused = client.call("deregisterInstance", service, GROUP, instance);
    }

    /** Asks the server; the client keeps nothing of it. */
    static int find(NacosClient client, String service) {
        return client.call("getAllInstances", service, GROUP, List.of(), false)
                .map(instances -> ((List<?>) instances).size())
                .orElseThrow();
    }

    /** The service that counts {@code number}th of those that have {@code size} instances. */
    static String service(int size, int number) {
        return "orders-of-" + size + "-" + number;
    }

    /**
     * Registers {@code instances} ephemeral instances, {@code size} a service, each service in one request by one client. Throws what the first
     * that failed failed with.
     */
    static void fill(Ticker ticker, NacosCallers callers, int instances, int size) {
        int services = instances / size;
        int each = (services + callers.count() - 1) / callers.count();
        ClosedLoop.Tally filled =
                ClosedLoop.run(ticker, callers.count(), each, callers.call((client, caller, sequence) -> {
                    int number = (int) (caller * (long) each + sequence);
                    if (number < services) {
                        List<Object> some = IntStream.range(number * size, (number + 1) * size)
                                .mapToObj(key -> instance(client, true, key, 0))
                                .toList();
                        Object unused = client.call("batchRegisterInstance", service(size, number), GROUP, some);
                    }
                }));
        if (filled.failures() > 0) {
            throw new IllegalStateException("%d of %d services could not be registered: %s"
                    .formatted(filled.failures(), services, filled.lastFailure()));
        }
    }
}
