package io.gemel.it.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.disk.DiskNemeses;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.nemesis.Nemesis;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultTest {
    private static final Set<String> SOUND = Set.of("slow-disk", "slow-fsync", "clock-jump", "clock-drift");

    /** A nemesis that is added and not known here would blame nodes that rightly give up. */
    @Test
    void whatHarmsDisksIsKnown() {
        for (Nemesis nemesis : DiskNemeses.all()) {
            assertThat(fault(nemesis.name()).harmsDisks())
                    .as(nemesis.name())
                    .isEqualTo(!SOUND.contains(nemesis.name()));
        }
        assertThat(fault("kill-one").harmsDisks()).isFalse();
        assertThat(fault("wipe").harmsDisks()).isFalse();
    }

    private static Fault fault(String name) {
        Story story = new Story().fault(0, 1_000, name, "s1");
        return Fault.of(Operation.of(story.evidence().history(), Op.FAULT).get(0), Set.of("s1"));
    }
}
