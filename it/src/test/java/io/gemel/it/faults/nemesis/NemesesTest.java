package io.gemel.it.faults.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.Network;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NemesesTest {
    private static final List<String> THREE = List.of("s1", "s2", "s3");
    private static final List<String> FIVE = List.of("s1", "s2", "s3", "s4", "s5");
    private static final Duration TIME = Duration.ofSeconds(10);

    static Stream<Nemesis> injectable() {
        return Nemeses.all().stream()
                .filter(nemesis ->
                        nemesis.unavailable().isEmpty() && !nemesis.name().equals("none"));
    }

    private static List<PlannedFault> schedule(Nemesis nemesis, long seed, Duration time, List<String> nodes) {
        return nemesis.schedule(new SplittableRandom(seed), time, nodes);
    }

    private static List<String> words(List<PlannedFault> faults) {
        return faults.stream()
                .map(fault -> fault.from() + " " + fault.to() + " " + fault.name() + " " + fault.target())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("injectable")
    void theSameSeedGivesTheSameSchedule(Nemesis nemesis) {
        assertThat(words(schedule(nemesis, 4, TIME, FIVE))).isEqualTo(words(schedule(nemesis, 4, TIME, FIVE)));
    }

    @ParameterizedTest
    @MethodSource("injectable")
    void everyFaultIsHealedWithinTheTime(Nemesis nemesis) {
        for (long seed = 0; seed < 200; seed++) {
            for (int seconds : new int[] {2, 5, 10, 60}) {
                Duration time = Duration.ofSeconds(seconds);
                assertThat(schedule(nemesis, seed, time, THREE)).isNotEmpty().allSatisfy(fault -> {
                    assertThat(fault.from())
                            .isGreaterThanOrEqualTo(Duration.ZERO)
                            .isLessThan(fault.to());
                    assertThat(fault.to()).isLessThanOrEqualTo(time);
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 60, 3_600})
    void everyServerThatJoinsHasANewIdAndAllButTheLastTwoAreRemovedAgain(int seconds) {
        Nemesis membership = named("membership");
        for (long seed = 0; seed < 50; seed++) {
            Deque<String> guests = new ArrayDeque<>();
            int last = 3;
            for (PlannedFault fault : schedule(membership, seed, Duration.ofSeconds(seconds), THREE)) {
                String guest = fault.target().split(" ", 2)[0];
                if (fault.target().endsWith(" joins")) {
                    last++;
                    assertThat(guest).isEqualTo("s" + last);
                    guests.add(guest);
                } else {
                    assertThat(guest).isEqualTo(guests.remove());
                }
                assertThat(guests).hasSizeLessThan(3);
            }
        }
    }

    @Test
    void namesAreUniqueAndAsOnTheCommandLine() {
        List<String> names = Nemeses.all().stream().map(Nemesis::name).toList();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
    }

    @Test
    void aRingLetsEveryNodeHearAMajorityAndNoTwoTheSameOne() {
        for (List<String> nodes : List.of(THREE, FIVE)) {
            Set<Link> cut = Cuts.ring(new SplittableRandom(1), nodes);
            Set<Set<String>> heard = new HashSet<>();
            for (String node : nodes) {
                Set<String> hears = new HashSet<>(nodes);
                cut.stream().filter(link -> link.to().equals(node)).forEach(link -> hears.remove(link.from()));
                assertThat(hears).hasSize(nodes.size() / 2 + 1).contains(node);
                assertThat(heard.add(hears)).isTrue();
            }
        }
    }

    @Test
    void aBridgeIsHeardByBothSidesWhichDoNotHearEachOther() {
        Set<Link> cut = Cuts.bridge(new SplittableRandom(3), FIVE);
        Set<String> met = new HashSet<>();
        cut.forEach(link -> met.add(link.from()));
        assertThat(met).hasSize(4);
        assertThat(cut).hasSize(8).allSatisfy(link -> assertThat(cut).contains(new Link(link.to(), link.from())));
    }

    @Test
    void halvesLeaveAMajority() {
        Set<Link> cut = Cuts.halves(new SplittableRandom(3), FIVE);
        assertThat(cut).hasSize(2 * 3 * 2);
    }

    /** A link would excuse every client: of links to clients the checks cannot know whose they are. */
    @Test
    void aResetOfClientsNamesTheOneThatItMeets() {
        List<Set<Link>> resets = new ArrayList<>();
        Worker watcher = stub(Worker.class, Map.of("name", call -> Role.WATCHER.host(1), "alive", call -> true));
        Worker client = stub(Worker.class, Map.of("name", call -> Role.CLIENT.host(2), "alive", call -> true));
        Network network = stub(Network.class, Map.of("reset", links -> resets.add(links((Set<?>) links))));
        Stage stage = stub(
                Stage.class,
                Map.of(
                        "workers", call -> List.of(watcher, client),
                        "everyone", call -> List.of(stub(ServerNode.class, Map.of("id", id -> "s1"))),
                        "network", call -> network));
        Injection injection =
                schedule(named("reset-clients"), 1, TIME, THREE).get(0).injection();

        String met = injection.inject(stage);
        injection.heal(stage);

        assertThat(met).startsWith("c2 every ").doesNotContain(">");
        assertThat(resets).first().isEqualTo(Set.of(new Link("s1", "c2")));
    }

    private static Set<Link> links(@Nullable Set<?> links) {
        return Objects.requireNonNull(links).stream().map(Link.class::cast).collect(Collectors.toSet());
    }

    private static Nemesis named(String name) {
        return Nemeses.all().stream()
                .filter(nemesis -> nemesis.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Answers these methods, given their first argument; others are not called. */
    private static <T> T stub(Class<T> type, Map<String, UnaryOperator<@Nullable Object>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = Objects.requireNonNull(answers.get(method.getName()), method.getName())
                            .apply(arguments == null ? null : arguments[0]);
                    return method.getReturnType() == void.class ? null : answer;
                }));
    }

    @Test
    void aHostsNumberTellsItsRole() {
        assertThat(Role.CLIENT.has(Role.CLIENT.host(9))).isTrue();
        assertThat(Role.CLIENT.has(Role.WATCHER.host(1))).isFalse();
        assertThat(Role.WATCHER.has(Role.WATCHER.host(1))).isTrue();
        assertThat(Role.LOOKOUT.has(Role.LOOKOUT.host(2))).isTrue();
    }
}
