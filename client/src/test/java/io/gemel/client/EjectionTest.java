package io.gemel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Instances that fail are left alone for a while, the longer the oftener, and never so many that the rest could not bear it. */
class EjectionTest extends BalancerFixture {
    private static final OutlierEjection RULE =
            OutlierEjection.DEFAULT.withFailuresInARow(3).withTimes(Duration.ofSeconds(10), Duration.ofMinutes(1));

    @Test
    void failuresInARowEjectAnInstanceAndASuccessBetweenThemDoesNot() {
        ConnectedBalancer balancer = balancer(4, RULE);
        fail(balancer, instance(1), 2);
        balancer.succeeded(instance(1));
        fail(balancer, instance(1), 2);
        assertThat(balancer.ejected()).isEmpty();

        fail(balancer, instance(1), 1);

        assertThat(balancer.ejected()).containsExactly(instance(1).key());
        assertThat(choices(balancer, 100)).doesNotContain(instance(1));
    }

    @Test
    void itComesBackByTimeAndNotBefore() {
        ConnectedBalancer balancer = balancer(4, RULE);
        fail(balancer, instance(1), 3);

        pass(Duration.ofMillis(9_999));
        assertThat(choices(balancer, 100)).doesNotContain(instance(1));
        pass(Duration.ofMillis(2_502)); // up to a quarter is added

        assertThat(choices(balancer, 100)).contains(instance(1));
        fail(balancer, instance(1), 2);
        assertThat(balancer.ejected()).as("it begins anew").isEmpty();
    }

    @Test
    void callersThatEjectTogetherDoNotComeBackTogether() {
        list(instances(4));
        Set<Long> back = new HashSet<>();
        for (int caller = 0; caller < 50; caller++) {
            ConnectedBalancer balancer =
                    balancer(BalancerOptions.of(Strategy.ROUND_ROBIN).withEjection(RULE), caller);
            fail(balancer, instance(1), 3);
            long time = 0;
            while (!balancer.ejected().isEmpty()) {
                pass(Duration.ofMillis(100));
                time++;
            }
            back.add(time);
        }

        assertThat(back)
                .hasSizeGreaterThan(10)
                .allSatisfy(time -> assertThat(time).isBetween(100L, 125L));
    }

    @Test
    void theTimeGrowsWithRepetitionUpToItsMostAndIsForgottenAfterGoodConduct() {
        ConnectedBalancer balancer = balancer(4, RULE);

        assertThat(ejectionSeconds(balancer)).isBetween(10L, 13L);
        assertThat(ejectionSeconds(balancer)).isBetween(20L, 25L);
        assertThat(ejectionSeconds(balancer)).isBetween(40L, 50L);
        assertThat(ejectionSeconds(balancer)).isBetween(60L, 75L);
        assertThat(ejectionSeconds(balancer)).isBetween(60L, 75L);
        pass(Duration.ofSeconds(61));
        assertThat(ejectionSeconds(balancer)).isBetween(10L, 13L);
    }

    @Test
    void notMoreThanTheSetShareIsEjected() {
        ConnectedBalancer balancer = balancer(10, RULE.withShareMax(0.3));

        instances(10).forEach(instance -> fail(balancer, instance, 10));

        assertThat(balancer.ejected()).hasSize(3);
        assertThat(counts(balancer, 700)).hasSize(7);
    }

    @Test
    void theLastOneIsNeverEjected() {
        ConnectedBalancer alone = balancer(1, RULE.withShareMax(1));
        fail(alone, instance(0), 100);
        assertThat(alone.next()).contains(instance(0));

        ConnectedBalancer three = balancer(3, RULE.withShareMax(1));
        instances(3).forEach(instance -> fail(three, instance, 100));
        assertThat(three.ejected()).hasSize(2);
        assertThat(three.next()).isPresent();
    }

    @Test
    void whenOthersGoTheEjectedAreLetInRatherThanExceedTheShare() {
        ConnectedBalancer balancer = balancer(10, RULE);
        for (int i = 0; i < 5; i++) {
            fail(balancer, instance(i), 3);
            pass(Duration.ofMillis(1));
        }
        assertThat(balancer.ejected()).hasSize(5);

        list(instances(6));

        assertThat(balancer.ejected()).hasSize(3);
        assertThat(counts(balancer, 300)).hasSize(3);
        list(instances(1));
        assertThat(balancer.ejected()).isEmpty();
    }

    @Test
    void aShareOfFailuresEjectsWhoNeverFailsThriceInARow() {
        ConnectedBalancer balancer = balancer(4, RULE.withFailureShare(0.4, 20));
        for (int i = 0; i < 9; i++) {
            balancer.succeeded(instance(1));
            fail(balancer, instance(1), 1);
        }
        assertThat(balancer.ejected()).as("of few calls no share is taken").isEmpty();
        balancer.succeeded(instance(1));

        fail(balancer, instance(1), 1);

        assertThat(balancer.ejected()).containsExactly(instance(1).key());
    }

    @Test
    void whatWasLongAgoDoesNotCountForTheShare() {
        ConnectedBalancer balancer = balancer(4, RULE.withFailureShare(0.4, 20));
        for (int i = 0; i < 9; i++) {
            balancer.succeeded(instance(1));
            fail(balancer, instance(1), 1);
        }
        pass(Duration.ofSeconds(20));
        for (int i = 0; i < 18; i++) {
            balancer.succeeded(instance(1));
        }

        fail(balancer, instance(1), 2);

        assertThat(balancer.ejected()).isEmpty();
    }

    @Test
    void aCallThatTookTooLongFailed() {
        ConnectedBalancer balancer = balancer(4, RULE.withSlowAfter(Duration.ofSeconds(1)));
        for (int i = 0; i < 3; i++) {
            balancer.succeeded(instance(1), Duration.ofSeconds(1));
            balancer.succeeded(instance(2), Duration.ofMillis(1_001));
        }

        assertThat(balancer.ejected()).containsExactly(instance(2).key());
    }

    @Test
    void withoutARuleNothingIsEjected() {
        ConnectedBalancer balancer = balancer(4, OutlierEjection.OFF);

        instances(4).forEach(instance -> fail(balancer, instance, 1_000));

        assertThat(balancer.ejected()).isEmpty();
    }

    @Test
    void anInstanceThatTakesConnectionsAndFailsItsCallsIsEjectedAllTheSame() {
        ConnectedBalancer balancer = balancer(4, RULE);
        for (int i = 0; i < 3; i++) {
            balancer.failed(instance(1));
            balancer.probed(instance(1).key(), true);
        }

        assertThat(balancer.ejected()).containsExactly(instance(1).key());
    }

    @Test
    void probesEjectWhatNobodyCallsAndKeepItOutWhileTheyFail() {
        ConnectedBalancer balancer = balancer(4, RULE);
        probe(balancer, instance(1).key(), false, 3);
        assertThat(balancer.ejected()).containsExactly(instance(1).key());

        probe(balancer, instance(1).key(), false, 1);
        pass(Duration.ofSeconds(13));
        assertThat(balancer.ejected())
                .as("its time begins again")
                .containsExactly(instance(1).key());

        probe(balancer, instance(1).key(), true, 1);
        pass(Duration.ofSeconds(26));
        assertThat(balancer.ejected()).isEmpty();
    }

    @Test
    void ifAllProbesFailMostInstancesStayInUse() {
        ConnectedBalancer balancer = balancer(10, RULE);

        instances(10).forEach(instance -> probe(balancer, instance.key(), false, 10));

        assertThat(balancer.ejected()).hasSize(5);
    }

    @Test
    void whoIsNotListedIsNotRemembered() {
        ConnectedBalancer balancer = balancer(4, RULE);
        fail(balancer, instance(99), 100);
        fail(balancer, instance(1), 3);
        list(instance(0), instance(2), instance(3), instance(4));
        assertThat(balancer.ejected()).isEmpty();

        list(instances(4));

        assertThat(balancer.ejected()).as("it is another one now").isEmpty();
        assertThat(choices(balancer, 100)).contains(instance(1));
    }

    @Test
    void aKeyOfAnEjectedInstanceGoesElsewhereAndComesBack() {
        list(instances(4));
        ConnectedBalancer balancer =
                balancer(BalancerOptions.of(Strategy.CONSISTENT_HASH).withEjection(RULE), 1);
        Instance owner = balancer.next("customer").orElseThrow();

        fail(balancer, owner, 3);
        assertThat(balancer.next("customer")).isPresent().get().isNotEqualTo(owner);
        pass(Duration.ofSeconds(13));

        assertThat(balancer.next("customer")).contains(owner);
    }

    private ConnectedBalancer balancer(int instances, OutlierEjection rule) {
        list(instances(instances));
        return balancer(BalancerOptions.of(Strategy.ROUND_ROBIN).withEjection(rule), 1);
    }

    /** Fails an instance until it is ejected, and tells after how many seconds it is back. */
    private long ejectionSeconds(ConnectedBalancer balancer) {
        fail(balancer, instance(1), 3);
        assertThat(balancer.ejected()).isNotEmpty();
        long seconds = 0;
        while (!balancer.ejected().isEmpty()) {
            pass(Duration.ofSeconds(1));
            seconds++;
        }
        return seconds;
    }

    private static void fail(Balancer balancer, Instance instance, int times) {
        for (int i = 0; i < times; i++) {
            balancer.failed(instance);
        }
    }

    private static void probe(ConnectedBalancer balancer, InstanceKey key, boolean reached, int times) {
        for (int i = 0; i < times; i++) {
            balancer.probed(key, reached);
        }
    }
}
