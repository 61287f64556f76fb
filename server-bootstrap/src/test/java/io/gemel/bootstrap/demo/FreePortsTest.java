package io.gemel.bootstrap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void aPortIsNotGivenAgainBeforeItsOwnerHasBoundIt() {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(FreePorts.loopback(3)).allSatisfy(client -> assertNew(given, client, client - 1_000));
            assertThat(FreePorts.bases(3))
                    .allSatisfy(base -> assertNew(given, base, base - 1_000, base + 1_000, base + 1_001));
        }
    }

    private static void assertNew(Set<Integer> given, Integer... ports) {
        assertThat(ports).as("of all that were given before").allMatch(given::add);
    }
}
