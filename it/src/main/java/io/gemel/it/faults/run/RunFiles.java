package io.gemel.it.faults.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The files of a run. */
final class RunFiles {
    private RunFiles() {}

    /** Makes {@code dir}, or empties it if an earlier run left its traces there. */
    static void empty(Path dir) {
        if (Files.exists(dir)) {
            if (!holdsARun(dir)) {
                throw new IllegalStateException(dir + " holds something else than a run of faults");
            }
            delete(dir);
        }
        try {
            Files.createDirectories(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether {@code dir} is empty, or has the traces of a run. */
    static boolean holdsARun(Path dir) {
        if (!Files.isDirectory(dir)) {
            return false;
        }
        try (Stream<Path> files = Files.list(dir)) {
            return Files.exists(dir.resolve("schedule.json")) || files.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what the servers stored; nobody will want to look into it. */
    static void dropData(Path dir, List<String> nodes) {
        nodes.forEach(node -> delete(dir.resolve(node).resolve("data")));
    }

    /** Deletes {@code dir} with all that is in it. */
    static void delete(Path dir) {
        if (!Files.exists(dir)) {
            return;
        }
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
