package io.gemel.it.faults.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private final Catalogue catalogue = new Catalogue();

    private RunPlan plan(long seed, int seconds, String... nemeses) {
        return new RunPlan(
                seed,
                catalogue.workload("set").orElseThrow(),
                Stream.of(nemeses)
                        .map(name -> catalogue.nemesis(name).orElseThrow())
                        .toList(),
                Duration.ofSeconds(seconds),
                5,
                Path.of("nowhere"),
                "auto",
                "",
                false);
    }

    @Test
    void theSamePlanGivesTheSameSchedule() {
        String[] all = catalogue.nemeses().stream()
                .filter(nemesis -> nemesis.unavailable().isEmpty())
                .map(Nemesis::name)
                .toArray(String[]::new);
        RunPlan plan = plan(42, 60, all);
        assertThat(Schedule.of(plan).json(plan)).isEqualTo(Schedule.of(plan).json(plan));
        assertThat(Schedule.of(plan(43, 60, all)).json(plan))
                .isNotEqualTo(Schedule.of(plan).json(plan));
    }

    @Test
    void anAdditionalNemesisDoesNotMoveTheFaultsOfOthers() {
        List<String> alone = words(Schedule.of(plan(1, 20, "kill-one")));
        List<String> together = words(Schedule.of(plan(1, 20, "partition-halves", "kill-one")));
        assertThat(together).containsAll(alone);
    }

    private static List<String> words(Schedule schedule) {
        return schedule.faults().stream()
                .map(fault -> fault.from() + fault.name() + fault.target())
                .toList();
    }

    @Test
    void noTwoFaultsNeedTheSameThingForThemselvesAtTheSameTime() {
        for (long seed = 0; seed < 50; seed++) {
            List<PlannedFault> faults = Schedule.of(plan(seed, 60, "partition-halves", "flapping", "wipe", "kill-one"))
                    .faults();
            for (PlannedFault one : faults) {
                for (PlannedFault other : faults) {
                    boolean overlap =
                            one.from().compareTo(other.to()) < 0 && other.from().compareTo(one.to()) < 0;
                    if (!one.equals(other) && overlap) {
                        assertThat(claim(one)).isNotEqualTo(Exclusive.EVERYTHING);
                        assertThat(claim(one).isEmpty() || !claim(one).equals(claim(other)))
                                .isTrue();
                    }
                }
            }
        }
    }

    private static String claim(PlannedFault fault) {
        return fault.injection() instanceof Exclusive exclusive ? exclusive.claim() : "";
    }

    @Test
    void aSoakTriesEveryWorkloadWithEveryNemesisBeforeItCombines() {
        Soak soak = new Soak(catalogue.workloads(), catalogue.nemeses(), 3);
        Soak again = new Soak(catalogue.workloads(), catalogue.nemeses(), 3);
        int pairs = catalogue.workloads().size() * catalogue.nemeses().size();
        List<Soak.Mix> first = Stream.generate(soak::next).limit(pairs).toList();
        assertThat(first.stream()
                        .map(mix -> mix.workload().name() + mix.nemeses().get(0).name()))
                .doesNotHaveDuplicates()
                .hasSize(pairs);
        assertThat(soak.next().nemeses()).hasSizeGreaterThan(1);
        assertThat(Stream.generate(again::next).limit(pairs).toList()).isEqualTo(first);
    }

    @Test
    void timesAreReadAsPeopleTypeThem() {
        assertThat(TimeText.read("10s")).contains(Duration.ofSeconds(10));
        assertThat(TimeText.read("1500ms")).contains(Duration.ofMillis(1_500));
        assertThat(TimeText.read("2h")).contains(Duration.ofHours(2));
        assertThat(TimeText.read("ten")).isEmpty();
        assertThat(TimeText.read("10")).isEmpty();
        for (String text : List.of("10s", "1500ms", "5m", "2h", "61s")) {
            assertThat(TimeText.of(TimeText.read(text).orElseThrow())).isEqualTo(text);
        }
    }
}
