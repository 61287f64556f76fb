package io.gemel.it.nacos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NacosLibrariesTest {
    @TempDir
    private Path dir;

    @Test
    void aVersionThatWasNotCopiedIsMissingAndItIsSaidWhatToDo() throws IOException {
        Files.createDirectory(dir.resolve("all"));
        Files.createDirectory(dir.resolve("2.2"));

        assertThat(new NacosLibraries(dir).missing("2.5"))
                .hasValue("no nacos-client 2.5 in '%s'; build the module 'it', up to its package phase".formatted(dir));
    }

    @Test
    void aVersionIsMissingWithoutWhatAllOfThemNeed() throws IOException {
        Files.createDirectory(dir.resolve("2.5"));

        assertThat(new NacosLibraries(dir).missing("2.5")).isPresent();
    }

    @Test
    void aVersionThatIsThereSeesNothingOfOurs() throws IOException {
        Files.createDirectory(dir.resolve("all"));
        Files.createDirectory(dir.resolve("2.5"));
        NacosLibraries libraries = new NacosLibraries(dir);

        assertThat(libraries.missing("2.5")).isEmpty();
        ClassLoader loader = libraries.loader("2.5");
        assertThatThrownBy(() -> loader.loadClass(NacosLibraries.class.getName()))
                .isInstanceOf(ClassNotFoundException.class);
    }
}
