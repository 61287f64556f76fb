package io.gemel.it.faults.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.nemesis.PlannedFault;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiskNemesesTest {
    private static final List<String> NODES = List.of("s1", "s2", "s3");

    static List<Nemesis> all() {
        return DiskNemeses.all();
    }

    @Test
    void eachHasANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        for (Nemesis nemesis : all()) {
            assertThat(nemesis.name()).matches("[a-z]+(-[a-z]+)*");
            assertThat(names.add(nemesis.name())).as(nemesis.name()).isTrue();
            assertThat(nemesis.description()).isNotBlank();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theSameSeedGivesTheSameScheduleAndAllFaultsEndInTime(Nemesis nemesis) {
        for (int seconds : new int[] {4, 15, 60}) {
            Duration time = Duration.ofSeconds(seconds);
            List<PlannedFault> schedule = nemesis.schedule(new Random(seconds), time, NODES);

            assertThat(schedule).isNotEmpty();
            assertThat(words(nemesis.schedule(new Random(seconds), time, NODES)))
                    .isEqualTo(words(schedule));
            Duration last = Duration.ZERO;
            for (PlannedFault fault : schedule) {
                assertThat(fault.from()).isGreaterThanOrEqualTo(last);
                assertThat(fault.to()).isGreaterThan(fault.from()).isLessThanOrEqualTo(time);
                assertThat(fault.name()).isEqualTo(nemesis.name());
                assertThat(fault.target()).isNotBlank();
                last = fault.to();
            }
        }
    }

    private static List<String> words(List<PlannedFault> schedule) {
        return schedule.stream()
                .map(fault -> fault.from() + " " + fault.to() + " " + fault.target())
                .toList();
    }
}
