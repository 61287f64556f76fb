package io.gemel.it;

import static io.gemel.it.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gemel.client.NamingService;
import io.gemel.client.Selection;
import io.gemel.client.ServiceOperator;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.OperatorState;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators set applies to instances of both kinds and stays, whatever restarts or registers again, until it is cleared. */
class OperatorIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final Instance EPHEMERAL = Instance.ephemeral("10.1.0.1", 80).withMetadata("zone", "a");
    private static final Instance PERSISTENT =
            Instance.persistent("10.1.0.2", 80).withMetadata("zone", "a");
    private static final Duration STOP = Duration.ofSeconds(30);

    private static Cluster cluster;

    private final String name = "orders-" + TESTS.incrementAndGet();
    private final ServiceId orders = ServiceId.of(name);
    private NamingService client;
    private ServiceOperator operator;

    @BeforeAll
    static void start() {
        cluster = SANDBOX.cluster(Cluster.SLOW_ELECTIONS);
    }

    @BeforeEach
    void heal() {
        cluster.heal();
        client = SANDBOX.client(cluster.nodes());
        operator = client.operator();
    }

    @Test
    void whatIsDisabledStaysSoOverReconnectsRollingAndWholeRestartsUntilItIsCleared() {
        client.register(orders, EPHEMERAL);
        client.register(orders, PERSISTENT);
        assertThat(gemel("instance", "disable", name, "10.1.0.1:80").exitCode()).isZero();
        assertThat(gemel("instance", "disable", name, "10.1.0.2:80").exitCode()).isZero();
        assertThat(gemel("instance", "override", name, "10.1.0.1:80", "--weight=7", "--metadata=zone=b")
                        .exitCode())
                .isZero();
        Instance[] wanted = {
            EPHEMERAL.withEnabled(false).withWeight(7).withMetadata("zone", "b"), PERSISTENT.withEnabled(false)
        };
        everyNodeShows(wanted);

        client.register(orders, EPHEMERAL);
        client.register(orders, PERSISTENT);
        everyNodeShows(wanted);

        client.close(); // another process of the same application
        everyNodeShows(PERSISTENT.withEnabled(false));
        client = SANDBOX.client(cluster.nodes());
        client.register(orders, EPHEMERAL);
        everyNodeShows(wanted);

        for (Node node : cluster.nodes()) {
            node.terminate(STOP);
            cluster.heal();
            everyNodeShows(wanted);
        }

        cluster.nodes().forEach(Node::kill);
        cluster.heal();
        everyNodeShows(wanted);

        assertThat(gemel("instance", "clear", name, "10.1.0.1:80").exitCode()).isZero();
        assertThat(gemel("instance", "clear", name, "10.1.0.2:80").exitCode()).isZero();
        everyNodeShows(EPHEMERAL, PERSISTENT);
    }

    @Test
    void aWatcherNeverSeesADisabledInstanceEnabledAcrossAFailover() {
        operator.setOverride(orders, EPHEMERAL.key(), InstanceOverride.NONE.withEnabled(false), Precondition.NONE);
        cluster.awaitAgreement(); // a node that lags behind the log does not know of it yet
        List<Instance> seen = Collections.synchronizedList(new ArrayList<>());
        SANDBOX.client(cluster.nodes()).subscribe(name, event -> seen.addAll(event.instances()));
        client.register(orders, EPHEMERAL);
        eventually().until(() -> !seen.isEmpty());

        Node holder = cluster.nodes().stream()
                .filter(node -> client.server().equals(Optional.of(node.address())))
                .findFirst()
                .orElseThrow();
        holder.kill();
        eventually()
                .until(() -> client.server()
                        .filter(at -> !at.equals(holder.address()))
                        .isPresent());
        cluster.heal();
        everyNodeShows(EPHEMERAL.withEnabled(false));

        assertThat(seen)
                .isNotEmpty()
                .allSatisfy(instance -> assertThat(instance.enabled()).isFalse());
    }

    @Test
    void ofConcurrentConditionalChangesOneTakesEffect() {
        long revision = operator.setService(
                        orders, ServiceSettings.NONE.withMetadata(Map.of("n", "0")), Precondition.ABSENT)
                .revision();
        for (int round = 1; round <= 10; round++) {
            long expected = revision;
            List<CompletableFuture<Long>> attempts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ServiceSettings settings = ServiceSettings.NONE.withMetadata(Map.of("n", round + "." + i));
                attempts.add(operator.setServiceAsync(orders, settings, Precondition.revision(expected))
                        .handle((written, failure) -> written == null ? 0L : written.revision()));
            }
            List<Long> won = attempts.stream()
                    .map(CompletableFuture::join)
                    .filter(each -> each > 0)
                    .toList();
            assertThat(won).as("round %d", round).hasSize(1);
            revision = won.get(0);
            for (Node node : cluster.nodes()) {
                assertThat(SANDBOX.client(node)
                                .operator()
                                .describe(orders, ReadLevel.LINEARIZABLE)
                                .revision())
                        .isEqualTo(revision);
            }
        }
        assertRefused(
                () -> operator.setOverride(
                        orders, EPHEMERAL.key(), InstanceOverride.NONE.withWeight(2), Precondition.revision(5)),
                Code.REVISION_CONFLICT,
                "override for 10.1.0.1:80 of public/DEFAULT_GROUP/" + name + ": absent (expected: revision 5)");
        assertRefused(
                () -> operator.setOverride(orders, EPHEMERAL.key(), InstanceOverride.NONE, Precondition.NONE),
                Code.BAD_REQUEST,
                "override: sets nothing");
    }

    @Test
    void protectionIsReachedOnEveryNodeAndClientsThenUseUnhealthyInstancesToo() {
        Instance sick = Instance.ephemeral("10.1.0.3", 80).withHealthy(false);
        client.register(orders, EPHEMERAL);
        client.register(orders, PERSISTENT.withHealthy(false));
        client.register(orders, sick);
        assertThat(client.select(name, Selection.USABLE)).containsExactly(EPHEMERAL);

        assertThat(gemel("service", "set", name, "--protection-threshold=0.5", "--metadata=owner=shop")
                        .exitCode())
                .isZero();
        for (Node node : cluster.nodes()) {
            NamingService at = SANDBOX.client(node);
            eventually().untilAsserted(() -> {
                assertThat(at.find(orders, ReadLevel.LINEARIZABLE).protectionReached())
                        .isTrue();
                assertThat(at.select(name, Selection.USABLE))
                        .containsExactly(EPHEMERAL, PERSISTENT.withHealthy(false), sick);
                assertThat(at.find(orders, ReadLevel.LOCAL).metadata()).containsEntry("owner", "shop");
            });
        }
        client.register(orders, PERSISTENT);
        assertThat(client.find(orders, ReadLevel.atLeast(client.lastRevision())).protectionReached())
                .isFalse();
    }

    @Test
    void theCommandsChangeWhatTheyNameAndTellWhatIsSetAndWhatWasRegistered() {
        client.register(orders, PERSISTENT);
        GemelProcess.Ended ahead = gemel("instance", "disable", name, "10.1.0.1:80");
        assertThat(ahead.out())
                .contains("disabled public/DEFAULT_GROUP/" + name + " 10.1.0.1:80: disabled revision=")
                .contains("nothing is registered there now; it applies once something is");
        assertThat(gemel("instance", "override", name, "10.1.0.2:80", "--weight=3", "--metadata=note=x")
                        .out())
                .contains("overridden public/DEFAULT_GROUP/" + name + " 10.1.0.2:80: weight=3 note=x revision=")
                .doesNotContain("nothing is registered");
        assertThat(gemel("instance", "enable", name, "10.1.0.2:80").out())
                .contains("enabled weight=3 note=x revision=");
        assertThat(gemel("instance", "override", name, "10.1.0.2:80", "--remove-metadata=note")
                        .out())
                .contains("enabled weight=3 revision=");
        assertThat(gemel("service", "set", name, "--metadata=owner=shop").exitCode())
                .isZero();
        assertThat(gemel("service", "set", name, "--protection-threshold=0.25").out())
                .contains("protection-threshold=0.25 metadata owner=shop revision=");

        JsonObject shown = JsonParser.parseString(
                        gemel("service", "show", name, "-o", "json").out())
                .getAsJsonObject();
        assertThat(shown.getAsJsonObject("settings").get("protectionThreshold").getAsDouble())
                .isEqualTo(0.25);
        assertThat(shown.getAsJsonArray("overrides")).hasSize(2);
        JsonObject second = shown.getAsJsonArray("overrides").get(1).getAsJsonObject();
        assertThat(second.getAsJsonObject("override").get("weight").getAsDouble())
                .isEqualTo(3);
        assertThat(second.getAsJsonObject("registered").get("weight").getAsDouble())
                .isEqualTo(1);
        assertThat(gemel("service", "show", name).out())
                .contains("protection   below 0.25 healthy: not reached")
                .containsPattern("10.1.0.2:80 +DEFAULT +enabled weight=3 +\\d+ +persistent zone=a");
        assertThat(gemel("get", name).out()).containsPattern("10.1.0.2:80 .* yes +\\d+ +zone=a");

        assertThat(gemel("service", "clear", name).exitCode()).isZero();
        assertThat(gemel("instance", "clear", name, "10.1.0.1:80").exitCode()).isZero();
        assertThat(gemel("instance", "clear", name, "10.1.0.2:80").exitCode()).isZero();
        assertThat(operator.describe(orders, ReadLevel.LINEARIZABLE).state()).isEqualTo(OperatorState.NONE);
        assertThat(gemel("service", "clear", name).out()).contains("nothing is set");
        assertThat(gemel("instance", "clear", name, "10.1.0.3:80").out()).contains("nothing is set for 10.1.0.3:80");
    }

    @Test
    void theCommandsRefuseWhatCannotBe() {
        assertThat(gemel("service", "set", name).exitCode()).isEqualTo(2);
        assertThat(gemel("instance", "override", name, "10.1.0.1:80").exitCode())
                .isEqualTo(2);
        GemelProcess.Ended unknown = gemel("service", "show", "ordesr");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("error NOT_FOUND: service: public/DEFAULT_GROUP/ordesr has no instances");
        GemelProcess.Ended share = gemel("service", "set", name, "--protection-threshold=2");
        assertThat(share.exitCode()).isEqualTo(1);
        assertThat(share.err()).contains("error BAD_REQUEST: protection_threshold: 2.0 (expected: 0..1)");
        GemelProcess.Ended weight = gemel("instance", "override", name, "10.1.0.1:80", "--weight=-1");
        assertThat(weight.exitCode()).isEqualTo(1);
        assertThat(weight.err()).contains("error BAD_REQUEST: weight: -1.0 (expected: 0..10000)");
    }

    @Test
    void withoutAMajorityNothingIsSetAndWhatIsSetIsStillShown() {
        operator.setOverride(orders, PERSISTENT.key(), InstanceOverride.NONE.withEnabled(false), Precondition.NONE);
        client.register(orders, PERSISTENT);
        cluster.awaitAgreement();
        Node left = cluster.node(1);
        cluster.others(left).forEach(Node::kill);

        ServiceOperator alone = SANDBOX.client(left).operator();
        RegistryException refusal = catchThrowableOfType(
                RegistryException.class, () -> alone.clearOverride(orders, PERSISTENT.key(), Precondition.NONE));
        assertThat(refusal.code()).isIn(Code.NO_LEADER, Code.UNKNOWN_OUTCOME);
        assertThat(alone.describe(orders, ReadLevel.LOCAL).state().find(PERSISTENT.key()))
                .map(overridden -> overridden.override().value())
                .contains(InstanceOverride.NONE.withEnabled(false));
        assertThat(left.instances(orders)).containsExactly(PERSISTENT.withEnabled(false));
    }

    private void everyNodeShows(Instance... wanted) {
        for (Node node : cluster.nodes()) {
            eventually().untilAsserted(() -> assertThat(node.instances(orders)).containsExactly(wanted));
        }
    }

    private GemelProcess.Ended gemel(String... arguments) {
        String servers = "--server=" + String.join(",", Cluster.addresses(cluster.nodes()));
        return SANDBOX.gemel(
                Stream.concat(Stream.of(arguments), Stream.of(servers)).toArray(String[]::new));
    }

    private static void assertRefused(ThrowingCallable call, Code code, String cause) {
        RegistryException refusal = catchThrowableOfType(RegistryException.class, call);
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal).hasMessageContaining(cause);
    }
}
