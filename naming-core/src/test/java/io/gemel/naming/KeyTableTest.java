package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It holds what a map from keys to values would. */
final class KeyTableTest {
    private record Named(Name name, int value) {}

    /** Its hash code is one of {@code hashes}: with one, all stand in each other's way. */
    private record Name(int number, int hashes) {
        @Override
        public int hashCode() {
            return number % hashes;
        }
    }

    private final KeyTable<Name, Named> table = new KeyTable<>(Named::name);

    @Test
    void nothingIsInAnEmptyOne() {
        assertThat(table.isEmpty()).isTrue();
        assertThat(table.get(new Name(1, 1))).isNull();
        assertThat(table.remove(new Name(1, 1))).isNull();
        assertThat(table).isEmpty();
    }

    @Test
    void whatIsPutAtTheSameKeyTakesThePlace() {
        Name name = new Name(1, 7);
        table.put(new Named(name, 1));

        assertThat(table.put(new Named(new Name(1, 7), 2))).isEqualTo(new Named(name, 1));
        assertThat(table.size()).isOne();
        assertThat(table.get(name)).isEqualTo(new Named(name, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 13, 1_000_000})
    void itHoldsWhatAMapWould(int hashes) {
        Random random = new Random(hashes);
        Map<Name, Named> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            boolean grows = step / 1_000 % 2 == 0;
            Named named = new Named(new Name(random.nextInt(300), hashes), step);
            if (random.nextInt(10) < (grows ? 7 : 2)) {
                assertThat(table.put(named)).isEqualTo(model.put(named.name(), named));
            } else {
                assertThat(table.remove(named.name())).isEqualTo(model.remove(named.name()));
            }
            Name asked = new Name(random.nextInt(300), hashes);
            assertThat(table.get(asked)).isEqualTo(model.get(asked));
            assertThat(table.contains(asked)).isEqualTo(model.containsKey(asked));
            assertThat(table.size()).isEqualTo(model.size());
            if (step % 100 == 0) {
                assertThat(table).containsExactlyInAnyOrderElementsOf(model.values());
                assertThat(table.stream()).containsExactlyInAnyOrderElementsOf(model.values());
            }
        }
    }
}
