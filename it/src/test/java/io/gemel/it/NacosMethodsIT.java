package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.nacos.NacosClient;
import io.gemel.it.nacos.NacosClient.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every method that a {@code NamingService} has does what it says, in each version. */
class NacosMethodsIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @RegisterExtension
    static final Compatibility TABLE = new Compatibility();

    private static final String GROUP = "methods";
    private static final String CLUSTER = "c";
    private static final String HOST = "10.15.0.1";
    private static final List<List<?>> GROUP_OR_NONE = List.of(List.of(), List.of(GROUP));
    private static final List<List<?>> CLUSTERS_OR_NONE = List.of(List.of(), List.of(List.of(CLUSTER)));

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.sharedCluster();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.4", "2.0", "2.2", "2.5", "3.2"})
    void everyMethodDoesWhatItSays(String version) throws Exception {
        TABLE.proves("nacos-client (Java)", App.nacosClient(version), "every method of `NamingService`");
        NacosClient provider = Cluster.nacosClient(version, List.of(cluster.node(1)));
        NacosClient consumer = Cluster.nacosClient(version, List.of(cluster.node(2)));
        try (provider;
                consumer) {
            registers(provider, consumer, version);
            String name = "listed-" + version;
            finds(provider, consumer, name);
            listsServices(consumer, name);
            subscribes(provider, consumer, version);
            if (provider.can("batchRegisterInstance")) {
                registersMany(provider, consumer, "batch-" + version);
            }
            if (consumer.can("fuzzyWatch")) {
                watches(provider, consumer, name);
            }
        }
        assertThat(provider.uncalled(consumer)).isEmpty();
    }

    private static List<Seen> found(NacosClient client, String name, String group) {
        return client.instances("getAllInstances", name, group, false);
    }

    /** The arguments of one overload: those of each part, in order. */
    private static Object[] arguments(List<?>... parts) {
        return Arrays.stream(parts).flatMap(List::stream).toArray();
    }

    private static String group(List<?> named) {
        return named.isEmpty() ? "DEFAULT_GROUP" : GROUP;
    }

    private static void registers(NacosClient provider, NacosClient consumer, String version) {
        Object instance = provider.instance(HOST, 80, true, 1, Map.of());
        int number = 0;
        for (List<?> group : GROUP_OR_NONE) {
            for (List<?> what : List.of(List.of(HOST, 80), List.of(HOST, 80, CLUSTER), List.of(instance))) {
                String name = "registered-" + version + "-" + number++;
                Object[] arguments = arguments(List.of(name), group, what);
                Seen expected =
                        new Seen(HOST + ":80", 1, true, true, what.contains(CLUSTER) ? CLUSTER : "DEFAULT", Map.of());
                provider.call("registerInstance", arguments);
                eventually().until(() -> found(consumer, name, group(group)).equals(List.of(expected)));
                provider.call("deregisterInstance", arguments);
                eventually().until(() -> found(consumer, name, group(group)).isEmpty());
            }
        }
    }

    /** One instance is in the default group, the other in ours; each is found whichever way it is asked for. */
    private static void finds(NacosClient provider, NacosClient consumer, String name) {
        provider.call("registerInstance", name, HOST, 80, CLUSTER);
        provider.call("registerInstance", name, GROUP, HOST, 81, CLUSTER);
        for (List<?> group : GROUP_OR_NONE) {
            List<Seen> expected =
                    List.of(new Seen(HOST + (group.isEmpty() ? ":80" : ":81"), 1, true, true, CLUSTER, Map.of()));
            eventually().until(() -> found(consumer, name, group(group)).equals(expected));
            for (List<?> clusters : CLUSTERS_OR_NONE) {
                for (List<?> subscribed : List.of(List.of(), List.of(false), List.of(true))) {
                    Object[] all = arguments(List.of(name), group, clusters, subscribed);
                    assertThat(consumer.instances("getAllInstances", all)).isEqualTo(expected);
                    assertThat(consumer.one(consumer.call("selectOneHealthyInstance", all)
                                    .orElseThrow()))
                            .isEqualTo(expected.get(0));
                    Object[] healthy = arguments(List.of(name), group, clusters, List.of(true), subscribed);
                    assertThat(consumer.instances("selectInstances", healthy)).isEqualTo(expected);
                    Object[] sick = arguments(List.of(name), group, clusters, List.of(false), subscribed);
                    assertThat(consumer.instances("selectInstances", sick)).isEmpty();
                }
            }
        }
    }

    private static void listsServices(NacosClient consumer, String name) {
        assertThat(consumer.call("getServerStatus")).contains("UP");
        for (List<?> group : GROUP_OR_NONE) {
            for (List<?> selector : List.of(List.of(), List.of(consumer.allServices()))) {
                Object[] arguments = arguments(List.of(1, 1_000), group, selector);
                eventually()
                        .untilAsserted(() -> assertThat(consumer.names(consumer.call("getServicesOfServer", arguments)
                                        .orElseThrow()))
                                .contains(name));
            }
        }
    }

    private static void subscribes(NacosClient provider, NacosClient consumer, String version) {
        List<List<?>> filters = new ArrayList<>(CLUSTERS_OR_NONE);
        if (version.equals("2.5") || version.equals("3.2")) {
            filters.add(List.of(consumer.healthyInstances()));
        }
        int number = 0;
        for (List<?> group : GROUP_OR_NONE) {
            for (List<?> filter : filters) {
                String name = "subscribed-" + version + "-" + number++;
                List<List<Seen>> heard = new CopyOnWriteArrayList<>();
                Object[] arguments = arguments(List.of(name), group, filter, List.of(consumer.listener(heard::add)));
                consumer.call("subscribe", arguments);
                assertThat((List<?>) consumer.call("getSubscribeServices").orElseThrow())
                        .isNotEmpty();
                provider.call("registerInstance", name, group(group), HOST, 80, CLUSTER);
                eventually()
                        .until(() -> heard.stream()
                                .anyMatch(list -> list.stream()
                                        .anyMatch(seen -> seen.address().equals(HOST + ":80"))));
                consumer.call("unsubscribe", arguments);
            }
        }
    }

    private static void registersMany(NacosClient provider, NacosClient consumer, String name) {
        Object first = provider.instance(HOST, 80, true, 1, Map.of());
        Object second = provider.instance(HOST, 81, true, 1, Map.of());
        provider.call("batchRegisterInstance", name, GROUP, List.of(first, second));
        eventually().until(() -> found(consumer, name, GROUP).size() == 2);
        provider.call("batchDeregisterInstance", name, GROUP, List.of(first));
        eventually()
                .untilAsserted(() -> assertThat(found(consumer, name, GROUP))
                        .extracting(Seen::address)
                        .containsExactly(HOST + ":81"));
    }

    private static void watches(NacosClient provider, NacosClient consumer, String name) throws Exception {
        String other = name + "-new";
        for (List<?> pattern : List.of(List.of(), List.of("listed-*"))) {
            for (String method : List.of("fuzzyWatch", "fuzzyWatchWithServiceKeys")) {
                List<String> heard = new CopyOnWriteArrayList<>();
                Object[] arguments = arguments(pattern, List.of(GROUP, consumer.watcher(heard)));
                Optional<Object> answer = consumer.call(method, arguments);
                if (answer.isPresent()) {
                    Object view = ((Future<?>) answer.get()).get(1, TimeUnit.MINUTES);
                    assertThat(consumer.names(view)).anyMatch(key -> key.contains(name));
                }
                eventually().until(() -> heard.contains("ADD_SERVICE " + name));
                provider.call("registerInstance", other, GROUP, HOST, 80);
                eventually().until(() -> heard.contains("ADD_SERVICE " + other));
                consumer.call("cancelFuzzyWatch", arguments);
                provider.call("deregisterInstance", other, GROUP, HOST, 80);
                eventually().until(() -> found(consumer, other, GROUP).isEmpty());
            }
        }
    }
}
