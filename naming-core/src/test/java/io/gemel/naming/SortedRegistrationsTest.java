package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedRegistrationsTest {
    @Test
    void itHoldsWhatASortedMapWouldAndLiesOverAnotherLikeOne() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            TreeMap<InstanceKey, Registration> expected = new TreeMap<>();
            TreeMap<InstanceKey, Registration> expectedBelow = new TreeMap<>();
            SortedRegistrations registrations = new SortedRegistrations();
            SortedRegistrations below = new SortedRegistrations();
            for (int step = 0; step < 40; step++) {
                boolean upper = random.nextBoolean();
                Registration some = some(random);
                Optional<Registration> now = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(some);
                TreeMap<InstanceKey, Registration> model = upper ? expected : expectedBelow;
                Optional<Registration> before =
                        Optional.ofNullable(now.isPresent() ? model.put(some.key(), some) : model.remove(some.key()));
                assertThat((upper ? registrations : below).set(some.key(), now)).isEqualTo(before);
            }
            assertThat(registrations.copy()).isEqualTo(new ArrayList<>(expected.values()));
            assertThat(registrations.isEmpty()).isEqualTo(expected.isEmpty());
            expected.forEach(
                    (key, registration) -> assertThat(registrations.find(key)).contains(registration));

            expectedBelow.putAll(expected);
            List<Registration> both = registrations.over(below);
            assertThat(both).isEqualTo(new ArrayList<>(expectedBelow.values()));
        }
    }

    private static Registration some(Random random) {
        return new Registration(
                Instance.persistent("10.0.0." + random.nextInt(4), 80 + random.nextInt(4)), 1 + random.nextInt(9));
    }
}
