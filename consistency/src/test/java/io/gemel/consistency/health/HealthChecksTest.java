package io.gemel.consistency.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.Live;
import io.gemel.consistency.cluster.Rendezvous;
import io.gemel.naming.Change;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.TypedMetadata;
import io.gemel.naming.Versioned;
import io.gemel.naming.Written;
import io.gemel.typed.HealthCheck;
import io.gemel.typed.Schedule;
import io.gemel.typed.TypedCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Three or five nodes check instances in simulated time; what they agree on is applied at once, as Raft would in the end. */
class HealthChecksTest {
    private static final ServiceId SHOP = ServiceId.of("shop");
    private static final Schedule SCHEDULE = new Schedule(Duration.ofSeconds(1), Duration.ofMillis(200), 2, 3);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration ROUND = Duration.ofMillis(1_100);

    private final ManualTicker ticker = new ManualTicker();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Set<String> alive = new HashSet<>(Set.of("s1", "s2", "s3"));
    private final Set<String> down = new HashSet<>();
    private final Set<String> unseen = new HashSet<>(); // node + address: the node alone does not reach it
    private final Set<String> unable = new HashSet<>();
    private final Set<String> cutOff = new HashSet<>(); // they run, and see nobody
    private final Set<String> stopped = new HashSet<>(); // nobody has noticed yet
    private final Map<String, List<Runnable>> late = new HashMap<>(); // by node, what ends as it does after the timeout
    private final List<Change.SetHealth> log = new ArrayList<>();
    private final TypedCodec codec = new TypedCodec(List.of());
    private boolean writable = true;
    private int probes;
    private int questions;

    HealthChecksTest() {
        for (String id : List.of("s1", "s2", "s3")) {
            nodes.put(id, new Node(id));
        }
    }

    private void five() {
        for (String id : List.of("s4", "s5")) {
            nodes.put(id, new Node(id));
            alive.add(id);
        }
    }

    @Test
    void anInstanceThatFailsIsUnhealthyEverywhereAndThenHealthyAgain() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 1);
        run(ROUND.multipliedBy(10));
        assertThat(log).isEmpty();
        assertThat(probes).isBetween(9, 12);

        down.add(ip(0));
        run(ROUND.multipliedBy(2));
        assertThat(log).as("two failures are no reason").isEmpty();
        run(ROUND.multipliedBy(2));
        assertThat(log).hasSize(1);
        nodes.values()
                .forEach(node -> assertThat(node.index.unhealthy(SHOP))
                        .isEqualTo(Map.of(key(0), "connection refused by " + ip(0))));

        run(ROUND.multipliedBy(10));
        assertThat(log).as("only changes are written").hasSize(1);
        down.clear();
        run(ROUND.multipliedBy(3));
        assertThat(log).hasSize(2);
        nodes.values().forEach(node -> assertThat(node.index.unhealthy(SHOP)).isEmpty());
    }

    @Test
    void aNodeThatAloneDoesNotReachAnInstanceDoesNotMakeItUnhealthy() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        IntStream.range(0, 30).forEach(i -> unseen.add("s1" + ip(i)));
        run(ROUND.multipliedBy(10));
        assertThat(log).isEmpty();
    }

    @Test
    void twoOfFiveThatDoNotReachAnInstanceDoNotMakeItUnhealthy() {
        five();
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        IntStream.range(0, 30).forEach(i -> unseen.addAll(Set.of("s1" + ip(i), "s2" + ip(i))));
        run(ROUND.multipliedBy(10));
        assertThat(log).isEmpty();
    }

    @Test
    void threeOfFiveThatAreLeftMakeUnhealthyWhatNoneOfThemReaches() {
        five();
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        alive.removeAll(Set.of("s1", "s2"));
        IntStream.range(0, 30).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(5));
        assertThat(node("s3").index.unhealthy(SHOP)).hasSize(30);
    }

    @Test
    void whereTooFewCanCheckNobodyBecomesUnhealthyUntilOneMoreCan() {
        five();
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        unable.addAll(Set.of("s3", "s4", "s5"));
        IntStream.range(0, 30).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(10));
        assertThat(log).isEmpty();

        unable.remove("s3");
        run(ROUND.multipliedBy(5));
        assertThat(node("s1").index.unhealthy(SHOP).keySet())
                .containsExactlyInAnyOrderElementsOf(checkedBy(30, Set.of("s1", "s2", "s3")));
    }

    @Test
    void aMemberThatCannotCheckIsPassedOverByThoseThatAsk() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        unable.add("s3");
        IntStream.range(0, 30).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(5));
        assertThat(node("s1").index.unhealthy(SHOP).keySet())
                .containsExactlyInAnyOrderElementsOf(checkedBy(30, Set.of("s1", "s2")));
    }

    @Test
    void ofThreeOneIsAsked() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        IntStream.range(0, 30).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(5));
        assertThat(node("s1").index.unhealthy(SHOP)).hasSize(30);
        assertThat(questions).isEqualTo(30);
    }

    @Test
    void ofFiveOneIsAskedIfItReachesTheInstance() {
        five();
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 1);
        unseen.add(owner(0) + ip(0));
        run(ROUND.multipliedBy(10));
        assertThat(probes - questions).as("checks of its own").isBetween(9, 12);
        assertThat(questions).as("from the third failure on").isEqualTo(probes - questions - 2);
    }

    @Test
    void whatIsAgreedAndWaitsIsDroppedWhenAnotherFindsItHealthyMeanwhile() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 600);
        IntStream.range(0, 600).forEach(i -> down.add(ip(i)));
        run(Duration.ofMillis(4_300));
        down.clear();
        IntStream.range(0, 600).forEach(i -> unseen.add(owner(i) + ip(i)));
        run(ROUND.multipliedBy(2));
        int written = node("s1").index.unhealthy(SHOP).size();
        assertThat(written).isLessThan(600);
        run(ROUND.multipliedBy(10));
        assertThat(node("s1").index.unhealthy(SHOP)).hasSize(written);
    }

    @Test
    void whatAServerCannotCheckSaysNothingOfTheInstance() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        down.add(ip(7));
        run(ROUND.multipliedBy(5));
        assertThat(log).hasSize(1);

        unable.addAll(nodes.keySet());
        run(ROUND.multipliedBy(10));
        down.clear();
        run(ROUND.multipliedBy(10));
        assertThat(log).as("nobody became unhealthy, and nobody healthy again").hasSize(1);
        unable.clear();
        run(ROUND.multipliedBy(5));
        assertThat(node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void aMemberThatCannotCheckConfirmsNothing() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        unable.addAll(Set.of("s2", "s3"));
        IntStream.range(0, 30).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(10));
        assertThat(log).isEmpty();
    }

    @Test
    void theInstancesOfADeadNodeAreTakenOverByTheOthersWithoutAFlap() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        down.add(ip(7));
        run(ROUND.multipliedBy(5));
        assertThat(log).hasSize(1);

        alive.remove(owner(7));
        run(ROUND.multipliedBy(5));
        assertThat(log).as("what is agreed stays").hasSize(1);
        down.clear();
        run(ROUND.multipliedBy(5));
        assertThat(log).hasSize(2);
        assertThat(node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void withoutAMajorityNothingIsJudged() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 10);
        alive.removeAll(Set.of("s2", "s3"));
        IntStream.range(0, 10).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(10));
        assertThat(log).isEmpty();

        alive.add("s2");
        run(Duration.ofMillis(1_800));
        assertThat(log).as("only failures since then count").isEmpty();
        run(ROUND.multipliedBy(3));
        assertThat(node("s1").index.unhealthy(SHOP)).hasSize(10);
    }

    @Test
    void whatWaitsWhenTheMajorityIsLostIsNotWrittenOnceItIsBack() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 600);
        IntStream.range(0, 600).forEach(i -> down.add(ip(i)));
        run(Duration.ofMillis(3_500));
        cutOff.addAll(nodes.keySet());
        down.clear();
        IntStream.range(0, 600).forEach(i -> unseen.add(owner(i) + ip(i)));
        run(ROUND.multipliedBy(5));
        cutOff.clear();
        log.clear();
        run(ROUND.multipliedBy(10));
        assertThat(calledUnhealthy()).isEmpty();
    }

    @Test
    void whatWaitsWhileANodeIsStoppedIsNotWrittenAfterwards() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 600);
        IntStream.range(0, 600).forEach(i -> down.add(ip(i)));
        run(Duration.ofMillis(3_500));
        stopped.addAll(nodes.keySet());
        down.clear();
        run(ROUND.multipliedBy(5));
        stopped.clear();
        log.clear();
        run(ROUND.multipliedBy(5));
        assertThat(calledUnhealthy()).isEmpty();
        assertThat(node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void failuresFromBeforeAStopCountNoMore() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 30);
        IntStream.range(0, 30).forEach(i -> down.add(ip(i)));
        run(Duration.ofMillis(1_900));
        stopped.addAll(nodes.keySet());
        run(ROUND.multipliedBy(5));
        stopped.clear();
        run(Duration.ofMillis(1_800));
        assertThat(log).isEmpty();
        run(ROUND.multipliedBy(3));
        assertThat(node("s1").index.unhealthy(SHOP)).hasSize(30);
    }

    @Test
    void aConfirmationThatAStopHasMadeLateIsNone() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 1);
        List<String> order = Rendezvous.order(List.of("s1", "s2", "s3"), SHOP, key(0));
        unseen.add(order.get(0) + ip(0));
        late.put(order.get(1), new ArrayList<>());
        run(ROUND.multipliedBy(4));
        stopped.add(order.get(1));
        run(ROUND.multipliedBy(4));
        Objects.requireNonNull(late.remove(order.get(1))).forEach(Runnable::run);
        stopped.clear();
        run(ROUND.multipliedBy(4));
        assertThat(log).isEmpty();
    }

    @Test
    void aStormIsLimitedAndEndsRight() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 600);
        IntStream.range(0, 600).forEach(i -> down.add(ip(i)));
        run(Duration.ofMillis(3_500));
        int early = node("s1").index.unhealthy(SHOP).size();
        assertThat(early).isLessThan(3 * (Verdicts.BURST + 4 * Verdicts.PER_SECOND));
        run(Duration.ofSeconds(12));
        assertThat(node("s1").index.unhealthy(SHOP)).hasSize(600);
        assertThat(log.size()).as("many in an entry").isLessThan(250);

        down.clear();
        run(Duration.ofSeconds(15));
        assertThat(node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void whatIsNotTrueAnyMoreWhenItsTurnComesIsNotWritten() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 600);
        IntStream.range(0, 600).forEach(i -> down.add(ip(i)));
        run(Duration.ofMillis(4_300));
        down.clear();
        run(Duration.ofSeconds(30));
        int written = log.stream().mapToInt(change -> change.verdicts().size()).sum();
        assertThat(written).as("unhealthy, and healthy again").isLessThan(2 * 600);
        assertThat(node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void aWriteThatFailsIsTriedAgainWhileItIsTrue() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 1);
        down.add(ip(0));
        writable = false;
        run(ROUND.multipliedBy(8));
        writable = true;
        run(ROUND.multipliedBy(2));
        assertThat(node("s2").index.unhealthy(SHOP)).hasSize(1);
    }

    @Test
    void withoutACheckOrWithAnOptOutAnInstanceIsAsHealthyAsItWasRegistered() {
        serve(new HealthCheck.Tcp(SCHEDULE, Optional.empty()), 3);
        IntStream.range(0, 3).forEach(i -> down.add(ip(i)));
        run(ROUND.multipliedBy(6));
        assertThat(node("s1").index.unhealthy(SHOP)).hasSize(3);

        register(Instance.persistent(ip(0), 80).withMetadata(HealthChecks.OPT_OUT, "none"), 2);
        run(ROUND);
        assertThat(node("s1").index.unhealthy(SHOP)).containsOnlyKeys(key(1), key(2));
        settings(new HealthCheck.None());
        run(ROUND);
        assertThat(node("s1").index.unhealthy(SHOP)).isEmpty();
        int before = probes;
        run(ROUND.multipliedBy(5));
        assertThat(probes).isEqualTo(before);
    }

    @Test
    void checksAreSpreadEvenlyAndAMissingMemberMovesOnlyItsOwn() {
        List<String> three = List.of("s1", "s2", "s3");
        Map<String, Integer> count = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            List<String> order = Rendezvous.order(three, SHOP, key(i));
            count.merge(order.get(0), 1, Integer::sum);
            String without = Rendezvous.order(List.of("s1", "s3"), SHOP, key(i)).get(0);
            assertThat(without).isEqualTo(order.get(0).equals("s2") ? order.get(1) : order.get(0));
        }
        assertThat(count.values()).allSatisfy(each -> assertThat(each).isBetween(900, 1_100));
    }

    private void serve(HealthCheck check, int instances) {
        IntStream.range(0, instances).forEach(i -> register(Instance.persistent(ip(i), 80), 1));
        settings(check);
        run(TICK);
    }

    private void settings(HealthCheck check) {
        ServiceSettings settings = ServiceSettings.NONE.withTyped(TypedMetadata.of(codec.encode(List.of(check))));
        nodes.values()
                .forEach(node ->
                        node.naming.run(() -> node.index.settings(SHOP, Optional.of(new Versioned<>(settings, 1)))));
    }

    private void register(Instance instance, long revision) {
        nodes.values()
                .forEach(node -> node.naming.run(() -> node.index.persistent(
                        SHOP, instance.key(), Optional.of(new Registration(instance, revision)))));
    }

    private void run(Duration time) {
        for (long i = 0; i < time.toMillis() / TICK.toMillis(); i++) {
            ticker.advance(TICK);
            alive.stream()
                    .filter(id -> !stopped.contains(id))
                    .forEach(id -> node(id).loop.runAll());
        }
    }

    private List<String> seenBy(String id) {
        return alive.stream()
                .filter(other -> other.equals(id) || reaches(id, other))
                .sorted()
                .toList();
    }

    private boolean reaches(String id, String other) {
        return alive.contains(other) && !cutOff.contains(id) && !cutOff.contains(other);
    }

    private List<HealthVerdict> calledUnhealthy() {
        return log.stream()
                .flatMap(change -> change.verdicts().stream())
                .filter(verdict -> !verdict.healthy())
                .toList();
    }

    /** Who checks the instance while all are alive. */
    private String owner(int i) {
        return Rendezvous.order(nodes.keySet().stream().sorted().toList(), SHOP, key(i))
                .get(0);
    }

    private List<InstanceKey> checkedBy(int instances, Set<String> owners) {
        return IntStream.range(0, instances)
                .filter(i -> owners.contains(owner(i)))
                .mapToObj(HealthChecksTest::key)
                .toList();
    }

    private CompletableFuture<Written> write(Change change) {
        if (!writable) {
            return CompletableFuture.failedFuture(
                    new RegistryException(RegistryException.Code.UNKNOWN_OUTCOME, "no majority"));
        }
        Change.SetHealth set = (Change.SetHealth) change;
        log.add(set);
        nodes.values().forEach(node -> node.naming.run(() -> set.verdicts().forEach(node::apply)));
        return CompletableFuture.completedFuture(new Written(log.size()));
    }

    private Node node(String id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private static String ip(int i) {
        return "10.0." + i / 200 + "." + i % 200;
    }

    private static InstanceKey key(int i) {
        return new InstanceKey(ip(i), 80, InstanceKey.DEFAULT_CLUSTER);
    }

    /** One server's index and checks. */
    private final class Node implements Prober, Confirmations {
        final String id;
        final ManualLoop naming = new ManualLoop();
        final ManualLoop loop = new ManualLoop(ticker);
        final ServiceIndex index = new ServiceIndex(naming, this::published);
        final HealthChecks checks;

        Node(String id) {
            this.id = id;
            this.checks = new HealthChecks(
                    new HealthChecks.Parts(
                            loop,
                            ticker,
                            new Random(id.hashCode()),
                            index,
                            codec,
                            () -> new Live(id, seenBy(id), nodes.size()),
                            HealthChecksTest.this::write),
                    new HealthChecks.Network(this, this));
            checks.start();
        }

        private void published(List<io.gemel.naming.ServiceView> views) {
            checks.published(views);
        }

        void apply(HealthVerdict verdict) {
            boolean there = index.view(SHOP).registrations().stream()
                    .anyMatch(found -> found.key().equals(verdict.key()) && found.revision() == verdict.revision());
            if (there) {
                Optional<String> cause = verdict.healthy() ? Optional.empty() : Optional.of(verdict.cause());
                index.health(SHOP, verdict.key(), cause);
            }
        }

        @Override
        public void probe(HealthCheck check, String host, int port, Consumer<Probed> done) {
            probes++;
            boolean refused = down.contains(host) || unseen.contains(id + host);
            if (late.containsKey(id)) {
                Objects.requireNonNull(late.get(id)).add(() -> done.accept(Probed.unhealthy("no answer")));
            } else if (unable.contains(id)) {
                done.accept(Probed.unknown("too many open files"));
            } else {
                done.accept(refused ? Probed.unhealthy("connection refused by " + host) : Probed.HEALTHY);
            }
        }

        @Override
        public void poll() {}

        @Override
        public void close() {}

        @Override
        public void ask(String member, HealthVerdict verdict, Duration timeout, BiConsumer<Finding, String> done) {
            questions++;
            if (reaches(id, member)) {
                node(member).checks.confirm(verdict.service(), verdict.key(), verdict.revision(), done);
            } else {
                done.accept(Finding.UNKNOWN, "");
            }
        }
    }
}
