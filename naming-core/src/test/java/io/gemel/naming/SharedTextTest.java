package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedTextTest {
    @Test
    void whatComesAgainIsOneString() {
        String zone = SharedText.of(copy("zone-a"));
        assertThat(SharedText.of(copy("zone-a"))).isSameAs(zone);
        assertThat(SharedText.of(Map.of(copy("zone"), copy("zone-a"))).get("zone"))
                .isSameAs(zone);
    }

    @Test
    void everyTextStaysWhatItIs() {
        for (int i = 0; i < 50_000; i++) {
            assertThat(SharedText.of("value-" + i)).isEqualTo("value-" + i);
        }
        String once = copy("x".repeat(257));
        assertThat(SharedText.of(once)).isSameAs(once);
        assertThat(SharedText.of(copy(once)))
                .as("long texts are not kept")
                .isNotSameAs(once)
                .isEqualTo(once);
    }

    private static String copy(String text) {
        return new String(text.toCharArray());
    }
}
