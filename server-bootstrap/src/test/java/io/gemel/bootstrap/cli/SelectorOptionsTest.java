package io.gemel.bootstrap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.RegistryException;
import io.gemel.naming.TypedMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SelectorOptionsTest {
    private final TypedMetadata checked =
            CommandLine.populateCommand(new CheckOptions(), "--check=tcp").changed(TypedMetadata.NONE);

    @Test
    void whatIsAskedForTakesThePlaceOfTheSelectorAloneAndIsShown() {
        TypedMetadata first = options("--selector=zone=a").changed(checked);
        TypedMetadata second =
                options("--selector=zone=b", "--selector=version=a=b").changed(first);
        assertThat(SelectorOptions.text(first)).contains("zone=a");
        assertThat(SelectorOptions.text(second)).contains("version=a=b,zone=b");
        assertThat(CheckOptions.text(second)).startsWith("tcp every");
        assertThat(options().changed(second)).isEqualTo(second);
        assertThat(options("--selector=none").changed(second)).isEqualTo(checked);
        assertThat(SelectorOptions.text(checked)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zone", "=a", "", "CONSUMER.label"})
    void whatIsNoEntryIsRefused(String entry) {
        assertThatThrownBy(() -> options("--selector=" + entry).changed(checked))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("--selector: '" + entry + "' (expected: KEY=VALUE");
    }

    @Test
    void noneBesideAnEntryAndAKeyGivenTwiceAreRefused() {
        assertThatThrownBy(() -> options("--selector=zone=a", "--selector=none").changed(checked))
                .hasMessageContaining("'none'");
        assertThatThrownBy(
                        () -> options("--selector=zone=a", "--selector=zone=b").changed(checked))
                .hasMessageContaining("'zone' twice");
    }

    private static SelectorOptions options(String... arguments) {
        return CommandLine.populateCommand(new SelectorOptions(), arguments);
    }
}
