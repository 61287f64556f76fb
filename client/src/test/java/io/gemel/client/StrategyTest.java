package io.gemel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gemel.naming.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each strategy keeps its word, from many threads too, and when instances come and go. */
class StrategyTest extends BalancerFixture {
    private static final int KEYS = 20_000;

    @Test
    void roundRobinTakesEachInTurn() {
        list(instances(5));
        Balancer balancer = balancer(Strategy.ROUND_ROBIN);

        List<Instance> choices = choices(balancer, 15);

        assertThat(Set.copyOf(choices.subList(0, 5))).hasSize(5);
        assertThat(choices.subList(5, 10)).isEqualTo(choices.subList(0, 5));
        assertThat(choices.subList(10, 15)).isEqualTo(choices.subList(0, 5));
    }

    @ParameterizedTest
    @EnumSource(
            value = Strategy.class,
            names = {"ROUND_ROBIN", "LEAST_RECENTLY_USED", "LEAST_FREQUENTLY_USED"})
    void callersThatStartTogetherDoNotAllBeginAtTheSameInstance(Strategy strategy) {
        list(instances(10));
        Set<Instance> first = new HashSet<>();
        for (int caller = 0; caller < 100; caller++) {
            first.addAll(choices(balancer(BalancerOptions.of(strategy), caller), 1));
        }

        assertThat(first).hasSizeGreaterThanOrEqualTo(9);
    }

    @Test
    void randomTakesAllAlikeWhateverTheirWeights() {
        list(instance(1).withWeight(1), instance(2).withWeight(100), instance(3).withWeight(1));

        assertThat(counts(balancer(Strategy.RANDOM), 30_000).values())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count).isCloseTo(10_000, within(400L)));
    }

    @Test
    void weightedTakesEachInProportionToItsWeightAndNoneOfWeightZero() {
        list(
                instance(1).withWeight(1),
                instance(2).withWeight(3),
                instance(3).withWeight(6),
                instance(4).withWeight(0));

        Map<Instance, Long> counts = counts(balancer(Strategy.WEIGHTED), 100_000);

        assertThat(counts).hasSize(3);
        assertThat(counts.get(instance(1).withWeight(1))).isCloseTo(10_000, within(500L));
        assertThat(counts.get(instance(2).withWeight(3))).isCloseTo(30_000, within(700L));
        assertThat(counts.get(instance(3).withWeight(6))).isCloseTo(60_000, within(700L));
    }

    @Test
    void weightedTakesAllAlikeIfOnlyInstancesOfNoWeightAreWanted() {
        list(instance(1).withWeight(0), instance(2).withWeight(0));
        BalancerOptions all = BalancerOptions.of(Strategy.WEIGHTED).withSelection(Selection.ALL);

        assertThat(counts(balancer(all, 1), 1_000)).hasSize(2);
    }

    @Test
    void leastRecentlyUsedTakesTheOneNotChosenForTheLongestTime() {
        list(instances(3));
        Balancer balancer = balancer(Strategy.LEAST_RECENTLY_USED);
        List<Instance> order = choices(balancer, 3);

        assertThat(choices(balancer, 3)).isEqualTo(order);
        list(order.get(0), order.get(1), order.get(2), instance(9));
        assertThat(choices(balancer, 4))
                .as("a new one at once")
                .containsExactly(instance(9), order.get(0), order.get(1), order.get(2));
    }

    @Test
    void leastFrequentlyUsedTakesAllEquallyOftenAndFloodsNoNewcomer() {
        list(instances(4));
        Balancer balancer = balancer(Strategy.LEAST_FREQUENTLY_USED);
        assertThat(counts(balancer, 4_000).values()).containsOnly(1_000L);

        List<Instance> more = new ArrayList<>(instances(4));
        more.add(instance(9));
        list(more);

        assertThat(counts(balancer, 500).values())
                .hasSize(5)
                .allSatisfy(count -> assertThat(count).isEqualTo(100));
    }

    @Test
    void aKeyStaysWithItsInstanceInEveryBalancer() {
        list(instances(20));
        Map<String, Instance> owners = owners(balancer(Strategy.CONSISTENT_HASH));

        assertThat(owners(balancer(BalancerOptions.of(Strategy.CONSISTENT_HASH), 77)))
                .isEqualTo(owners);
    }

    @Test
    void anInstanceThatGoesLeavesAllKeysButItsOwnWhereTheyAre() {
        list(instances(20));
        Balancer balancer = balancer(Strategy.CONSISTENT_HASH);
        Map<String, Instance> before = owners(balancer);

        List<Instance> fewer = new ArrayList<>(instances(20));
        Instance gone = fewer.remove(7);
        list(fewer);
        Map<String, Instance> after = owners(balancer);

        Map<Instance, Integer> heirs = new HashMap<>();
        before.forEach((key, owner) -> {
            if (owner.equals(gone)) {
                heirs.merge(after.get(key), 1, Integer::sum);
            } else {
                assertThat(after.get(key)).isEqualTo(owner);
            }
        });
        assertThat(heirs).as("no single heir gets them all").hasSize(19);
        list(instances(20));
        assertThat(owners(balancer)).as("when it comes back, so do its keys").isEqualTo(before);
    }

    @Test
    void anInstanceThatComesTakesItsShareAndMovesNothingElse() {
        list(instances(19));
        Balancer balancer = balancer(Strategy.CONSISTENT_HASH);
        Map<String, Instance> before = owners(balancer);

        list(instances(20));
        Map<String, Instance> after = owners(balancer);

        long moved = before.keySet().stream()
                .filter(key -> !Objects.equals(after.get(key), before.get(key)))
                .peek(key -> assertThat(after.get(key)).isEqualTo(instance(19)))
                .count();
        assertThat(moved).isCloseTo(KEYS / 20, within(KEYS / 100L));
    }

    @Test
    void keysAreSpreadInProportionToTheWeights() {
        list(instance(1).withWeight(1), instance(2).withWeight(2), instance(3).withWeight(1));

        Map<Instance, Integer> shares = new HashMap<>();
        owners(balancer(Strategy.CONSISTENT_HASH)).values().forEach(owner -> shares.merge(owner, 1, Integer::sum));

        assertThat(shares.get(instance(2).withWeight(2))).isCloseTo(KEYS / 2, within(KEYS / 50));
        assertThat(shares.get(instance(1).withWeight(1))).isCloseTo(KEYS / 4, within(KEYS / 50));
    }

    /** What callers in other processes and of other versions have to agree on: these never change. */
    @Test
    void theHashIsTheSameForEver() {
        assertThat(Hashing.of("")).isEqualTo(Hashing.mixed(0xcbf29ce484222325L));
        assertThat(Hashing.mixed(0)).isZero();
        assertThat(Hashing.mixed(1)).isEqualTo(0x5692161d100b05e5L);
    }

    @Test
    void consistentHashNeedsAKeyAndTheOthersTakeOne() {
        list(instances(2));

        assertThatThrownBy(() -> balancer(Strategy.CONSISTENT_HASH).next()).isInstanceOf(IllegalStateException.class);
        assertThat(balancer(Strategy.ROUND_ROBIN).next("anything")).isPresent();
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void nothingIsChosenWhereNothingIsWanted(Strategy strategy) {
        Balancer balancer = balancer(strategy);
        assertThat(balancer.next("k")).isEmpty();

        list(
                instance(1).withEnabled(false),
                instance(2).withHealthy(false),
                instance(3).withWeight(0));
        assertThat(balancer.next("k")).isEmpty();

        list(instance(1));
        assertThat(balancer.next("k")).contains(instance(1));
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void aStrategyChoosesFromWhatIsListedNow(Strategy strategy) {
        list(instances(3));
        Balancer balancer = balancer(strategy);
        for (int i = 0; i < 100; i++) {
            balancer.next("k" + i);
        }

        list(instance(2), instance(3).withMetadata("version", "2"));

        for (int i = 0; i < 100; i++) {
            assertThat(balancer.next("k" + i))
                    .isPresent()
                    .get()
                    .isIn(instance(2), instance(3).withMetadata("version", "2"));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Strategy.class,
            names = {"ROUND_ROBIN", "LEAST_RECENTLY_USED", "LEAST_FREQUENTLY_USED"})
    void manyThreadsTakeAllEquallyOften(Strategy strategy) throws Exception {
        list(instances(8));
        Balancer balancer = new ConnectedBalancer(
                newest().orElseThrow(),
                BalancerOptions.of(strategy),
                this::newest,
                System::nanoTime,
                ThreadLocalRandom::current);
        Map<Instance, LongAdder> counts = new ConcurrentHashMap<>();
        CyclicBarrier start = new CyclicBarrier(4);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            threads.add(done);
            new Thread(() -> {
                        try {
                            start.await();
                            for (int i = 0; i < 4_000; i++) {
                                counts.computeIfAbsent(balancer.next().orElseThrow(), absent -> new LongAdder())
                                        .increment();
                            }
                            done.complete(null);
                        } catch (Throwable failure) {
                            done.completeExceptionally(failure);
                        }
                    })
                    .start();
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get();
        }

        assertThat(counts.values())
                .hasSize(8)
                .allSatisfy(count -> assertThat(count.sum()).isCloseTo(2_000, within(8L)));
    }

    private Map<String, Instance> owners(Balancer balancer) {
        Map<String, Instance> owners = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            owners.put("customer-" + i, balancer.next("customer-" + i).orElseThrow());
        }
        return owners;
    }
}
