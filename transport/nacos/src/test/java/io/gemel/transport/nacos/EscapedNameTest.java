package io.gemel.transport.nacos;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.ServiceId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EscapedNameTest {
    @ParameterizedTest
    @CsvSource({
        "orders, orders",
        "providers:org.example.Orders:1.0:blue, providers:org.example.Orders:1.0:blue",
        "a@b, a@b",
        "Outer$Inner, Outer@@0024Inner",
        "a@$, a@@0040@@0024",
        "-x, _@@002dx",
        "_$, _@@005f@@0024",
    })
    void whatTheRegistryHasNoCharacterForIsWrittenInHexadecimal(String nacos, String registry) {
        assertThat(EscapedName.escaped(nacos)).isEqualTo(registry);
        assertThat(EscapedName.unescaped(registry)).isEqualTo(nacos);
    }

    @Test
    void aNameOfAnotherDoorStaysAsItIs() {
        assertThat(EscapedName.unescaped("a@@b")).isEqualTo("a@@b");
        assertThat(EscapedName.unescaped("@@12")).isEqualTo("@@12");
    }

    @Test
    void everyNameComesBackAndNoTwoBecomeOne() {
        String alphabet = "a0_.:@-$/é#";
        Random random = new Random(6);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(6);
            while (text.length() < length) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String name = text.toString();
            if (name.startsWith("@") || name.contains("@@")) {
                continue; // no name to Nacos
            }
            String escaped = EscapedName.escaped(name);
            assertThat(EscapedName.unescaped(escaped)).isEqualTo(name);
            assertThat(ServiceId.of(escaped).name())
                    .as("a name to the registry")
                    .isEqualTo(escaped);
        }
    }
}
