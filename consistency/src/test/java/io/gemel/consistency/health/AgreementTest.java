package io.gemel.consistency.health;

import static io.gemel.consistency.health.SimulatedServers.ROUND;
import static io.gemel.consistency.health.SimulatedServers.SHOP;
import static io.gemel.consistency.health.SimulatedServers.TCP;
import static io.gemel.consistency.health.SimulatedServers.ip;
import static io.gemel.consistency.health.SimulatedServers.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.Rendezvous;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a majority must have found before an instance is called unhealthy. */
class AgreementTest {
    private final SimulatedServers servers = new SimulatedServers();

    @Test
    void aNodeThatAloneDoesNotReachAnInstanceDoesNotMakeItUnhealthy() {
        servers.serve(TCP, 30);
        IntStream.range(0, 30).forEach(i -> servers.unseen.add("s1" + ip(i)));
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).isEmpty();
    }

    @Test
    void twoOfFiveThatDoNotReachAnInstanceDoNotMakeItUnhealthy() {
        servers.five();
        servers.serve(TCP, 30);
        IntStream.range(0, 30).forEach(i -> servers.unseen.addAll(Set.of("s1" + ip(i), "s2" + ip(i))));
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).isEmpty();
    }

    @Test
    void threeOfFiveThatAreLeftMakeUnhealthyWhatNoneOfThemReaches() {
        servers.five();
        servers.serve(TCP, 30);
        servers.alive.removeAll(Set.of("s1", "s2"));
        IntStream.range(0, 30).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.node("s3").index.unhealthy(SHOP)).hasSize(30);
    }

    @Test
    void whereTooFewCanCheckNobodyBecomesUnhealthyUntilOneMoreCan() {
        servers.five();
        servers.serve(TCP, 30);
        servers.unable.addAll(Set.of("s3", "s4", "s5"));
        IntStream.range(0, 30).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).isEmpty();

        servers.unable.remove("s3");
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.node("s1").index.unhealthy(SHOP).keySet())
                .containsExactlyInAnyOrderElementsOf(servers.checkedBy(30, Set.of("s1", "s2", "s3")));
    }

    @Test
    void aMemberThatCannotCheckIsPassedOverByThoseThatAsk() {
        servers.serve(TCP, 30);
        servers.unable.add("s3");
        IntStream.range(0, 30).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.node("s1").index.unhealthy(SHOP).keySet())
                .containsExactlyInAnyOrderElementsOf(servers.checkedBy(30, Set.of("s1", "s2")));
    }

    @Test
    void aMemberThatCannotCheckConfirmsNothing() {
        servers.serve(TCP, 30);
        servers.unable.addAll(Set.of("s2", "s3"));
        IntStream.range(0, 30).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.log).isEmpty();
    }

    @Test
    void ofThreeOneIsAsked() {
        servers.serve(TCP, 30);
        IntStream.range(0, 30).forEach(i -> servers.down.add(ip(i)));
        servers.run(ROUND.multipliedBy(5));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).hasSize(30);
        assertThat(servers.questions).isEqualTo(30);
    }

    @Test
    void ofFiveOneIsAskedIfItReachesTheInstance() {
        servers.five();
        servers.serve(TCP, 1);
        servers.unseen.add(servers.owner(0) + ip(0));
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.probes - servers.questions).as("checks of its own").isBetween(9, 12);
        assertThat(servers.questions).as("from the third failure on").isEqualTo(servers.probes - servers.questions - 2);
    }

    @Test
    void whatIsAgreedAndWaitsIsDroppedWhenAnotherFindsItHealthyMeanwhile() {
        servers.serve(TCP, 600);
        IntStream.range(0, 600).forEach(i -> servers.down.add(ip(i)));
        servers.run(Duration.ofMillis(4_300));
        servers.down.clear();
        IntStream.range(0, 600).forEach(i -> servers.unseen.add(servers.owner(i) + ip(i)));
        servers.run(ROUND.multipliedBy(2));
        int written = servers.node("s1").index.unhealthy(SHOP).size();
        assertThat(written).isLessThan(600);
        servers.run(ROUND.multipliedBy(10));
        assertThat(servers.node("s1").index.unhealthy(SHOP)).hasSize(written);
    }

    @Test
    void aConfirmationThatAStopHasMadeLateIsNone() {
        servers.serve(TCP, 1);
        List<String> order = Rendezvous.order(List.of("s1", "s2", "s3"), SHOP, key(0));
        servers.unseen.add(order.get(0) + ip(0));
        servers.late.put(order.get(1), new ArrayList<>());
        servers.run(ROUND.multipliedBy(4));
        servers.stopped.add(order.get(1));
        servers.run(ROUND.multipliedBy(4));
        Objects.requireNonNull(servers.late.remove(order.get(1))).forEach(Runnable::run);
        servers.stopped.clear();
        servers.run(ROUND.multipliedBy(4));
        assertThat(servers.log).isEmpty();
    }
}
