package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetTest {
    @Test
    void servicesHaveAHundredInstancesEachAndTheLastTheRest() {
        Fleet fleet = new Fleet(250);

        assertThat(fleet.services()).isEqualTo(3);
        assertThat(List.of(0, 1, 2))
                .extracting(number -> fleet.of(number).size())
                .containsExactly(100, 100, 50);
    }

    @Test
    void noAddressIsThereTwice() {
        Fleet fleet = new Fleet(70_000);
        Set<InstanceKey> keys = new HashSet<>();
        for (int number = 0; number < fleet.services(); number++) {
            fleet.of(number).stream().map(Instance::key).forEach(keys::add);
        }

        assertThat(keys).hasSize(70_000);
    }

    @Test
    void anInstanceIsOfTheServiceThatItWasRegisteredUnder() {
        assertThat(Fleet.service(99)).isEqualTo(Fleet.service(0)).isNotEqualTo(Fleet.service(100));
    }
}
