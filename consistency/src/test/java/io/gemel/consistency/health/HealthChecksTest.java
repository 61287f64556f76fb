package io.gemel.consistency.health;

import static io.gemel.consistency.health.SimulatedServers.ROUND;
import static io.gemel.consistency.health.SimulatedServers.SHOP;
import static io.gemel.consistency.health.SimulatedServers.TCP;
import static io.gemel.consistency.health.SimulatedServers.ip;
import static io.gemel.consistency.health.SimulatedServers.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.Rendezvous;
import io.gemel.naming.Instance;
import io.gemel.typed.HealthCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who checks what, what counts, and what is written of it. */
class HealthChecksTest {
    private final SimulatedServers servers = new SimulatedServers();

    @Test
    void anInstanceThatFailsIsUnhealthyEverywhereAndThenHealthyAgain() {
        servers.serve(TCP, 1);
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).isEmpty();
        assertThat(servers.probes).isBetween(9, 12);

        servers.down.add(ip(0));
        servers.run(ROUND.multipliedBy(2));
        assertThat(servers.log).as("two failures are no reason").isEmpty();
        servers.run(ROUND.multipliedBy(2));
        assertThat(servers.log).hasSize(1);
        servers.nodes
                .values()
                .forEach(node -> assertThat(node.index.unhealthy(SHOP))
                        .isEqualTo(Map.of(key(0), "connection refused by " + ip(0))));

        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).as("only changes are written").hasSize(1);
        servers.down.clear();
        servers.run(ROUND.multipliedBy(3));
        assertThat(servers.log).hasSize(2);
        servers.nodes
                .values()
                .forEach(node -> assertThat(node.index.unhealthy(SHOP)).isEmpty());
    }

    @Test
    void whatAServerCannotCheckSaysNothingOfTheInstance() {
        servers.serve(TCP, 30);
        servers.down.add(ip(7));
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.log).hasSize(1);

        servers.unable.addAll(servers.nodes.keySet());
        servers.run(ROUND.multipliedBy(10));
        servers.down.clear();
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log)
                .as("nobody became unhealthy, and nobody healthy again")
                .hasSize(1);
        servers.unable.clear();
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void theInstancesOfADeadNodeAreTakenOverByTheOthersWithoutAFlap() {
        servers.serve(TCP, 30);
        servers.down.add(ip(7));
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.log).hasSize(1);

        servers.alive.remove(servers.owner(7));
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.log).as("what is agreed stays").hasSize(1);
        servers.down.clear();
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.log).hasSize(2);
        assertThat(servers.node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void withoutAMajorityNothingIsJudged() {
        servers.serve(TCP, 10);
        servers.alive.removeAll(Set.of("s2", "s3"));
        IntStream.range(0, 10).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).isEmpty();

        servers.alive.add("s2");
        servers.run(Duration.ofMillis(1_800));
        assertThat(servers.log).as("only failures since then count").isEmpty();
        servers.run(ROUND.multipliedBy(3));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).hasSize(10);
    }

    @Test
    void whatWaitsWhenTheMajorityIsLostIsNotWrittenOnceItIsBack() {
        servers.serve(TCP, 600);
        IntStream.range(0, 600).forEach(i -> servers.down.add(ip(i)));
        servers.run(Duration.ofMillis(3_500));
        servers.cutOff.addAll(servers.nodes.keySet());
        servers.down.clear();
        IntStream.range(0, 600).forEach(i -> servers.unseen.add(servers.owner(i) + ip(i)));
        servers.run(ROUND.multipliedBy(5));
        servers.cutOff.clear();
        servers.log.clear();
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.calledUnhealthy()).isEmpty();
    }

    @Test
    void whatWaitsWhileANodeIsStoppedIsNotWrittenAfterwards() {
        servers.serve(TCP, 600);
        IntStream.range(0, 600).forEach(i -> servers.down.add(ip(i)));
        servers.run(Duration.ofMillis(3_500));
        servers.stopped.addAll(servers.nodes.keySet());
        servers.down.clear();
        servers.run(ROUND.multipliedBy(5));
        servers.stopped.clear();
        servers.log.clear();
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.calledUnhealthy()).isEmpty();
        assertThat(servers.node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void failuresFromBeforeAStopCountNoMore() {
        servers.serve(TCP, 30);
        IntStream.range(0, 30).forEach(i -> servers.down.add(ip(i)));
        servers.run(Duration.ofMillis(1_900));
        servers.stopped.addAll(servers.nodes.keySet());
        servers.run(ROUND.multipliedBy(5));
        servers.stopped.clear();
        servers.run(Duration.ofMillis(1_800));
        assertThat(servers.log).isEmpty();
        servers.run(ROUND.multipliedBy(3));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).hasSize(30);
    }

    @Test
    void aStormIsLimitedAndEndsRight() {
        servers.serve(TCP, 600);
        IntStream.range(0, 600).forEach(i -> servers.down.add(ip(i)));
        servers.run(Duration.ofMillis(3_500));
        int early = servers.node("s1").index.unhealthy(SHOP).size();
        assertThat(early).isLessThan(3 * (Verdicts.BURST + 4 * Verdicts.PER_SECOND));
        servers.run(Duration.ofSeconds(12));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).hasSize(600);
        assertThat(servers.log.size()).as("many in an entry").isLessThan(250);

        servers.down.clear();
        servers.run(Duration.ofSeconds(15));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void whatIsNotTrueAnyMoreWhenItsTurnComesIsNotWritten() {
        servers.serve(TCP, 600);
        IntStream.range(0, 600).forEach(i -> servers.down.add(ip(i)));
        servers.run(Duration.ofMillis(4_300));
        servers.down.clear();
        servers.run(Duration.ofSeconds(30));
        int written = servers.log.stream()
                .mapToInt(change -> change.verdicts().size())
                .sum();
        assertThat(written).as("unhealthy, and healthy again").isLessThan(2 * 600);
        assertThat(servers.node("s1").index.unhealthy(SHOP)).isEmpty();
    }

    @Test
    void aWriteThatFailsIsTriedAgainWhileItIsTrue() {
        servers.serve(TCP, 1);
        servers.down.add(ip(0));
        servers.writable = false;
        servers.run(ROUND.multipliedBy(8));
        servers.writable = true;
        servers.run(ROUND.multipliedBy(2));
        assertThat(servers.node("s2").index.unhealthy(SHOP)).hasSize(1);
    }

    @Test
    void withoutACheckOrWithAnOptOutAnInstanceIsAsHealthyAsItWasRegistered() {
        servers.serve(TCP, 3);
        IntStream.range(0, 3).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(6));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).hasSize(3);

        servers.register(Instance.persistent(ip(0), 80).withMetadata(HealthChecks.OPT_OUT, "none"), 2);
        servers.run(ROUND);
        assertThat(servers.node("s1").index.unhealthy(SHOP)).containsOnlyKeys(key(1), key(2));
        servers.settings(new HealthCheck.None());
        servers.run(ROUND);
        assertThat(servers.node("s1").index.unhealthy(SHOP)).isEmpty();
        int before = servers.probes;
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.probes).isEqualTo(before);
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
}
