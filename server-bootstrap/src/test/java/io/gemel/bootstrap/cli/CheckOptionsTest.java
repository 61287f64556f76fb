package io.gemel.bootstrap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import io.gemel.naming.TypedMetadata;
import io.gemel.typed.LabelSelector;
import io.gemel.typed.TypedCodec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What is typed becomes the check that is shown, and nothing else in the typed metadata is lost. */
class CheckOptionsTest {
    private final TypedCodec codec = new TypedCodec(List.of());
    private final TypedMetadata selector =
            TypedMetadata.of(codec.encode(List.of(new LabelSelector(Map.of("zone", "a")))));

    @Test
    void eachKindIsShownAsItWasAskedFor() {
        assertThat(shown("--check=tcp")).isEqualTo("tcp every 5000 ms, timeout 1000 ms, rise 2, fall 3");
        assertThat(shown("--check=mysql", "--check-port=3306")).startsWith("mysql port 3306 every");
        assertThat(shown("--check=grpc")).startsWith("grpc every");
        assertThat(shown("--check=grpc:shop.Orders", "--check-interval=500", "--check-timeout=300"))
                .startsWith("grpc:shop.Orders every 500 ms, timeout 300 ms");
        assertThat(shown("--check=http:/h", "--check-status=200,204", "--check-rise=1", "--check-fall=1"))
                .isEqualTo("http:/h status [200, 204] every 5000 ms, timeout 1000 ms, rise 1, fall 1");
    }

    @Test
    void noneRemovesTheCheckAloneAndWhatIsNotAskedForStays() {
        TypedMetadata both = options("--check=tcp").changed(selector);
        assertThat(codec.decode(both.bytes())).hasSize(2);
        assertThat(options("--check=none").changed(both)).isEqualTo(selector);
        assertThat(options().changed(both)).isEqualTo(both);
        assertThat(options("--check=none").changed(TypedMetadata.NONE)).isEqualTo(TypedMetadata.NONE);
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        assertThatThrownBy(() -> shown("--check=udp"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("'udp' (expected: tcp, http:/PATH");
        assertThatThrownBy(() -> shown("--check=http:health")).hasMessageContaining("path: 'health'");
        assertThatThrownBy(() -> shown("--check=tcp", "--check-timeout=9000")).hasMessageContaining("timeout: 9000 ms");
    }

    private String shown(String... arguments) {
        return CheckOptions.text(options(arguments).changed(selector));
    }

    private static CheckOptions options(String... arguments) {
        return CommandLine.populateCommand(new CheckOptions(), arguments);
    }
}
