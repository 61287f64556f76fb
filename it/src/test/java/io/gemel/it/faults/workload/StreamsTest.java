package io.gemel.it.faults.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.ServiceId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamsTest {
    private static final int MANY = 2_000;
    private static final List<ServiceId> SERVICES = List.of(ServiceId.of("a"), ServiceId.of("b"));

    private static Seeds seeds(long seed, int client) {
        return new Seeds(seed).branch("workload").branch("client " + client);
    }

    private static Supplier<Object> stream(String kind, long seed, int client) {
        Seeds seeds = seeds(seed, client);
        return switch (kind) {
            case "register" -> new RegisterSteps(seeds, "reg-", client)::next;
            case "set" -> new SetSteps(seeds, "set-", client)::next;
            case "revision" -> new RevisionSteps(seeds, client)::next;
            case "mishaps" -> new Mishaps(seeds)::next;
            case "heirs" -> new Lives(seeds, SERVICES, client, Lives.Manner.HEIRS)::next;
            default -> new Lives(seeds, SERVICES, client, Lives.Manner.VARIED)::next;
        };
    }

    private static List<Object> take(Supplier<Object> stream) {
        return Stream.generate(stream).limit(MANY).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"register", "set", "revision", "mishaps", "lives", "heirs"})
    void theSameSeedGivesTheSameStreamOfOperations(String kind) {
        assertThat(take(stream(kind, 7, 3))).isEqualTo(take(stream(kind, 7, 3)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"register", "set", "revision", "mishaps", "lives"})
    void anotherSeedAndAnotherClientGiveAnother(String kind) {
        assertThat(take(stream(kind, 7, 3))).isNotEqualTo(take(stream(kind, 8, 3)));
        assertThat(take(stream(kind, 7, 3))).isNotEqualTo(take(stream(kind, 7, 4)));
    }

    @Test
    void aBranchDoesNotDependOnWhoAskedBefore() {
        Seeds root = new Seeds(1);
        long alone = root.branch("nemesis").random().nextLong();
        long other = root.branch("workload").random().nextLong();
        assertThat(root.branch("nemesis").random().nextLong()).isEqualTo(alone).isNotEqualTo(other);
    }

    @Test
    void noTwoWritesHaveTheSameValue() {
        Set<String> values = new HashSet<>();
        for (int client = 0; client < 5; client++) {
            for (Object step : take(stream("register", 1, client))) {
                assertThat(values.add(((Step) step).value())).isTrue();
            }
        }
    }

    @Test
    void aSetNeverAddsWhatItTookBackNorTakesBackWhatItNeverAdded() {
        Set<Object> there = new HashSet<>();
        Set<Object> gone = new HashSet<>();
        for (Object one : take(stream("set", 1, 2))) {
            Step step = (Step) one;
            Object place = List.of(step.service(), step.key());
            if (step.kind() == Step.Kind.REGISTER) {
                assertThat(gone).doesNotContain(place);
                assertThat(there.add(place)).isTrue();
            } else if (step.kind() == Step.Kind.TAKE_BACK) {
                assertThat(there.remove(place)).isTrue();
                gone.add(place);
            }
        }
        assertThat(gone).isNotEmpty();
    }

    @Test
    void aKeyGetsNoMoreOperationsThanCanBeCheckedInSeconds() {
        List<Object> steps = take(stream("register", 1, 0));
        assertThat(steps.stream().filter(step -> ((Step) step).part() == 4)).hasSize(RegisterSteps.STEPS_PER_KEY);
        assertThat(5 * RegisterSteps.STEPS_PER_KEY).isLessThanOrEqualTo(300);
    }

    @Test
    void aLifeDeregistersOnlyWhatItRegistered() {
        Set<Object> held = new HashSet<>();
        Set<String> lives = new HashSet<>();
        for (Object one : take(stream("lives", 5, 1))) {
            Act act = (Act) one;
            switch (act.kind()) {
                case OPEN -> assertThat(lives.add(act.client())).isTrue();
                case REGISTER -> held.add(act.key());
                case DEREGISTER -> assertThat(held.remove(act.key())).isTrue();
                case CLOSE -> held.clear();
                case IDLE -> {}
            }
        }
        assertThat(lives).hasSizeGreaterThan(50);
    }
}
