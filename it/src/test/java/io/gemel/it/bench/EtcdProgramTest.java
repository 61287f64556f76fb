package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdProgramTest {
    @Test
    void itIsTheFirstExecutableFileOfThatNameOnThePath(@TempDir Path dir) throws IOException {
        Path none = Files.createDirectory(dir.resolve("none"));
        Path text = Files.createDirectory(dir.resolve("text"));
        Path program = Files.createDirectory(dir.resolve("program"));
        Path directory = Files.createDirectory(dir.resolve("directory"));
        Files.createFile(text.resolve("etcd"));
        Files.createDirectory(directory.resolve("etcd"));
        Path file = Files.createFile(program.resolve("etcd"));
        assertThat(file.toFile().setExecutable(true)).isTrue();

        EtcdProgram found =
                EtcdProgram.on(String.join(File.pathSeparator, "", none + "", text + "", directory + "", program + ""));

        assertThat(found.file()).contains(file);
        assertThat(found.missing()).isEmpty();
    }

    @Test
    void whereThereIsNoneItSaysWhatToInstall() {
        assertThat(EtcdProgram.on("").missing())
                .contains("no 'etcd' on the PATH; install the Debian package etcd-server to compare");
    }
}
