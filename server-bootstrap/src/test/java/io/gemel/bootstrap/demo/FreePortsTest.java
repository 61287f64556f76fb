package io.gemel.bootstrap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void aPortIsNotGivenAgainBeforeItsOwnerHasBoundIt() {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            assertThat(FreePorts.loopback(3))
                    .as("of all that were given before")
                    .allMatch(given::add);
        }
    }
}
