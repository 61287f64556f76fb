package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.client.ClientOptions;
import io.gemel.client.NamingService;
import io.gemel.client.Selection;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three healthy servers are one registry. Each test has a service of its own. */
class ClusterIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    /** How long a client may be silent until its server gives it up. */
    private static final Duration KEEPALIVE = Duration.ofSeconds(8);

    private static final Duration RESUME_WINDOW = Duration.ofSeconds(2);

    /** For a machine that has other things to do. */
    private static final Duration BUSY = Duration.ofSeconds(20);

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.sharedCluster();
    }

    @Test
    void bothKindsRegisteredAtDifferentNodesAreSeenOnAll() {
        Instance ephemeral = Instance.ephemeral("10.1.0.1", 80).withWeight(2).withMetadata("zone", "a");
        Instance persistent =
                Instance.persistent("10.1.0.2", 80).withEnabled(false).withCluster("west");
        clientOf(1).register("both-kinds", ephemeral);
        clientOf(2).register("both-kinds", persistent);

        for (Node node : cluster.nodes()) {
            eventually()
                    .untilAsserted(() -> assertThat(node.instances(ServiceId.of("both-kinds")))
                            .containsExactly(ephemeral, persistent));
        }
    }

    @Test
    void afterWritesOfBothKindsAtEveryNodeDigestsAndStateHashesAgree() {
        for (Node node : cluster.nodes()) {
            NamingService client = SANDBOX.client(node);
            for (int i = 1; i <= 20; i++) {
                client.register("agreement", Instance.ephemeral("10.2.0." + i, node.clientPort()));
                client.register("agreement", Instance.persistent("10.2.1." + i, node.clientPort()));
            }
        }

        cluster.awaitAgreement();
        for (Node node : cluster.nodes()) {
            assertThat(node.instances(ServiceId.of("agreement"))).hasSize(3 * 2 * 20);
        }
    }

    @Test
    void aLinearizableReadOnAnyNodeSeesAWriteThatWasJustAcknowledged() {
        NamingService writer = clientOf(1);
        ServiceId service = ServiceId.of("linearizable");

        for (int port = 1; port <= 30; port++) {
            Instance instance = Instance.persistent("10.3.0.1", port);
            writer.register(service, instance);
            for (Node node : cluster.nodes()) {
                assertThat(node.instances(service, ReadLevel.LINEARIZABLE)).contains(instance);
            }
        }
    }

    @Test
    void aReadWithTheWritesRevisionSeesItOnAnyNode() {
        NamingService writer = clientOf(3);
        ServiceId service = ServiceId.of("read-your-writes");

        for (int port = 1; port <= 30; port++) {
            Instance instance = Instance.persistent("10.3.1.1", port);
            Written written = writer.register(service, instance);
            for (Node node : cluster.nodes()) {
                assertThat(node.instances(service, ReadLevel.atLeast(written.revision())))
                        .contains(instance);
            }
        }
        assertThat(writer.lastRevision()).isPositive();
    }

    @Test
    void ofConditionalWritesThroughDifferentNodesOneWinsAndTheOtherSaysWhatItMet() {
        ServiceId service = ServiceId.of("compare-and-set");
        Instance instance = Instance.persistent("10.3.2.1", 80);
        long revision =
                clientOf(1).register(service, instance, Precondition.ABSENT).revision();

        for (int round = 1; round <= 10; round++) {
            Precondition unchanged = Precondition.revision(revision);
            Map<Instance, CompletableFuture<Written>> writes = new LinkedHashMap<>();
            for (Node node : cluster.nodes()) {
                Instance changed = instance.withMetadata("by", node.id()).withWeight(round);
                writes.put(changed, SANDBOX.client(node).registerAllAsync(service, List.of(changed), unchanged));
            }
            List<Instance> winners = new ArrayList<>();
            for (Map.Entry<Instance, CompletableFuture<Written>> write : writes.entrySet()) {
                Optional<Written> written = written(write.getValue());
                if (written.isPresent()) {
                    winners.add(write.getKey());
                    revision = written.get().revision();
                }
            }
            assertThat(winners).hasSize(1);
            for (Node node : cluster.nodes()) {
                assertThat(node.instances(service, ReadLevel.LINEARIZABLE)).isEqualTo(winners);
            }
        }
        cluster.awaitAgreement();
    }

    private static Optional<Written> written(CompletableFuture<Written> write) {
        try {
            return Optional.of(write.join());
        } catch (CompletionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Code.REVISION_CONFLICT));
            return Optional.empty();
        }
    }

    @Test
    void theCommandLineWritesOnlyWhatNobodyChanged() {
        String server = "--server=" + cluster.node(2).address();
        String[] register = {"register", "cli-compare-and-set", "10.3.3.1:80", "--persistent", server};
        assertThat(SANDBOX.gemel(with(register, "--if-revision=0")).exitCode()).isZero();

        GemelProcess.Ended second = SANDBOX.gemel(with(register, "--if-revision=0", "--weight=2"));
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err())
                .contains("error REVISION_CONFLICT: 10.3.3.1:80 of")
                .contains("expected: absent")
                .contains("do: read again");

        long revision = clientOf(1)
                .find(ServiceId.of("cli-compare-and-set"), ReadLevel.LINEARIZABLE)
                .registrations()
                .get(0)
                .revision();
        String[] deregister = {"deregister", "cli-compare-and-set", "10.3.3.1:80", server};
        assertThat(SANDBOX.gemel(with(deregister, "--if-revision=" + (revision - 1)))
                        .err())
                .contains("error REVISION_CONFLICT");
        assertThat(SANDBOX.gemel(with(deregister, "--if-revision=" + revision)).exitCode())
                .isZero();
        assertThat(SANDBOX.gemel("register", "x", "10.3.3.1:80", "--if-revision=1", server)
                        .err())
                .contains("error USAGE: --if-revision")
                .contains("--persistent");
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void aWatcherOnAnotherNodeIsToldOfWhatIsAddedChangedAndRemoved() {
        Events events = new Events();
        clientOf(3).subscribe("watched", events);
        events.awaitInstances();

        for (Instance instance : List.of(Instance.ephemeral("10.4.0.1", 80), Instance.persistent("10.4.0.2", 80))) {
            NamingService writer = clientOf(1);
            writer.register("watched", instance);
            events.awaitInstances(instance);
            Instance heavier = instance.withWeight(7);
            writer.register("watched", heavier);
            events.awaitInstances(heavier);
            writer.deregister("watched", instance);
            events.awaitInstances();

            assertThat(events.all())
                    .anySatisfy(event -> assertThat(event.added()).containsExactly(instance));
            assertThat(events.changed()).contains(instance.key());
            assertThat(events.removed()).contains(instance.key());
        }
    }

    @Test
    void aKilledClientsInstanceGoesEverywhereAndWhatIsPersistentStays() {
        Instance persistent = Instance.persistent("10.5.0.2", 80);
        Events events = new Events();
        NamingService watcher = clientOf(2);
        watcher.subscribe("killed-client", events);
        GemelProcess holder = SANDBOX.start(
                "register",
                "killed-client",
                "10.5.0.1:80",
                "--server=" + cluster.node(1).address());
        GemelProcess other = SANDBOX.start(
                "register",
                "killed-client",
                "10.5.0.2:80",
                "--persistent",
                "--server=" + cluster.node(1).address());
        holder.awaitOut("registered");
        other.awaitEnd(GemelProcess.PATIENCE);
        events.awaitInstances(Instance.ephemeral("10.5.0.1", 80), persistent);

        holder.kill();

        events.awaitInstances(persistent);
        for (Node node : cluster.nodes()) {
            eventually()
                    .untilAsserted(() -> assertThat(node.instances(ServiceId.of("killed-client")))
                            .containsExactly(persistent));
        }
        assertThat(events.removed())
                .containsExactly(Instance.ephemeral("10.5.0.1", 80).key());
        assertThat(events.changed()).isEmpty();
    }

    @Test
    void aFrozenClientsInstanceGoesEverywhereInTimeAndComesBackWhenTheClientGoesOn() {
        ServiceId service = ServiceId.of("frozen-client");
        Instance instance = Instance.ephemeral("10.5.1.1", 80);
        String server = "--server=" + cluster.node(1).address();
        GemelProcess holder = SANDBOX.start("register", service.name(), "10.5.1.1:80", server);
        GemelProcess watcher = SANDBOX.start("watch", service.name(), server);
        holder.awaitOut("registered");
        watcher.awaitOut("added   10.5.1.1:80");
        awaitEverywhere(service, List.of(instance), GemelProcess.PATIENCE);

        holder.freeze();
        watcher.freeze();
        awaitEverywhere(service, List.of(), KEEPALIVE.plus(RESUME_WINDOW).plus(BUSY));

        watcher.thaw();
        watcher.awaitOut("removed 10.5.1.1:80");
        holder.thaw();
        awaitEverywhere(service, List.of(instance), GemelProcess.PATIENCE);
        eventually()
                .until(() -> watcher.out().lastIndexOf("added") > watcher.out().indexOf("removed"));
        assertThat(holder.alive()).isTrue();
    }

    private static void awaitEverywhere(ServiceId service, List<Instance> instances, Duration limit) {
        eventually().atMost(limit).untilAsserted(() -> {
            for (Node node : cluster.nodes()) {
                assertThat(node.instances(service)).as("on %s", node).isEqualTo(instances);
            }
        });
    }

    @Test
    void aClientThatClosesTakesItsInstancesWithItAtOnce() {
        NamingService client = clientOf(1);
        client.register("clean-close", Instance.ephemeral("10.6.0.1", 80));
        ServiceId service = ServiceId.of("clean-close");
        Node sameNode = cluster.node(1);
        Node otherNode = cluster.node(2);
        eventually().until(() -> otherNode.instances(service).size() == 1);

        client.close();

        assertThat(sameNode.instances(service))
                .as("close returned, so its server no longer lists it")
                .isEmpty();
        eventually().until(() -> otherNode.instances(service).isEmpty());
    }

    @Test
    void aBatchIsSeenAsAWholeOnEveryNode() {
        List<Instance> batch = IntStream.rangeClosed(1, 1000)
                .mapToObj(port -> Instance.ephemeral("10.7.0.1", port))
                .toList();
        List<Instance> persistentBatch = IntStream.rangeClosed(1, 1000)
                .mapToObj(port -> Instance.persistent("10.7.0.2", port))
                .toList();
        Events events = new Events();
        clientOf(3).subscribe("batch", events);
        NamingService client = clientOf(2);
        client.registerAll(ServiceId.of("batch"), batch);
        client.registerAll(ServiceId.of("batch"), persistentBatch);

        List<Instance> all =
                Stream.concat(batch.stream(), persistentBatch.stream()).toList();
        events.awaitInstances(all.toArray(Instance[]::new));
        assertThat(events.all())
                .as("a batch is one change")
                .allSatisfy(event -> assertThat(event.instances().size() % 1000).isZero());
    }

    @Test
    void servicesAreListedAPageAtATimeWithinOneNamespaceAndGroup() {
        ClientOptions options = ClientOptions.of(cluster.node(2).address()).withNamespace("paging");
        try (NamingService client = NamingService.connect(options)) {
            List<ServiceId> expected = new ArrayList<>();
            for (int i = 10; i < 35; i++) {
                ServiceId service = client.service(i % 2 == 0 ? "even" : "odd", "service-" + i);
                client.register(
                        service, i % 3 == 0 ? Instance.persistent("10.8.0.1", i) : Instance.ephemeral("10.8.0.1", i));
                expected.add(service);
            }

            assertThat(pages(client, ""))
                    .containsExactlyElementsOf(expected.stream().sorted().toList());
            assertThat(pages(client, "odd"))
                    .containsExactlyElementsOf(expected.stream()
                            .filter(s -> s.group().equals("odd"))
                            .toList());
            assertThat(clientOf(2).services("even", 10).services())
                    .as("another namespace")
                    .isEmpty();
        }
    }

    private static List<ServiceId> pages(NamingService client, String group) {
        ServicePage page = client.services(group, 4);
        List<ServiceId> all = new ArrayList<>(page.services());
        while (page.more()) {
            assertThat(page.services()).hasSize(4);
            page = client.services(group, all.get(all.size() - 1), 4);
            all.addAll(page.services());
        }
        return all;
    }

    @Test
    void selectionLeavesOutWhatShouldTakeNoTraffic() {
        Instance good = Instance.ephemeral("10.9.0.1", 1);
        Instance west = Instance.ephemeral("10.9.0.1", 2).withCluster("west");
        List<Instance> unusable = List.of(
                Instance.ephemeral("10.9.0.1", 3).withHealthy(false),
                Instance.ephemeral("10.9.0.1", 4).withEnabled(false),
                Instance.ephemeral("10.9.0.1", 5).withWeight(0));
        NamingService client = clientOf(1);
        client.registerAll(
                ServiceId.of("selection"),
                Stream.concat(Stream.of(good, west), unusable.stream()).toList());

        assertThat(client.select("selection", Selection.ALL)).hasSize(5);
        assertThat(client.select("selection", Selection.USABLE)).containsExactly(good, west);
        assertThat(client.select("selection", Selection.usableIn("west"))).containsExactly(west);
        for (int i = 0; i < 20; i++) {
            assertThat(client.selectOne("selection")).isIn(Optional.of(good), Optional.of(west));
        }
    }

    @Test
    void anAddressOfOneKindIsRefusedForTheOther() {
        NamingService client = clientOf(1);
        client.register("one-kind", Instance.persistent("10.10.0.1", 80));
        client.register("one-kind", Instance.ephemeral("10.10.0.2", 80));

        for (Instance twin : List.of(Instance.ephemeral("10.10.0.1", 80), Instance.persistent("10.10.0.2", 80))) {
            assertThatThrownBy(() -> client.register("one-kind", twin))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(Code.DURABILITY_CONFLICT));
        }
        assertThat(client.instances("one-kind")).hasSize(2);
    }

    private static NamingService clientOf(int node) {
        return SANDBOX.client(cluster.node(node));
    }
}
