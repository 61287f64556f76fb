package io.gemel.it.faults.run;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of a run. */
final class RunFiles {
    private static final String SOAK = "soak.json";

    /** A report is a megabyte or two. */
    private static final String SCORE = "mutation-score.json";

    private static final int PASSED_REPORTS_MAX = 200;

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

    /** Empties {@code dir} as {@link #empty} does, and marks it as that of a soak. */
    static void emptyForSoak(Path dir, long seed, Duration length) {
        empty(dir);
        JsonObject json = new JsonObject();
        json.addProperty("seed", seed);
        json.addProperty("soak", length.toString());
        Summary.write(dir.resolve(SOAK), json);
    }

    /** Whether {@code dir} is empty, or has the traces of a run or a soak. */
    static boolean holdsARun(Path dir) {
        if (!Files.isDirectory(dir)) {
            return false;
        }
        try (Stream<Path> files = Files.list(dir)) {
            return Files.exists(dir.resolve("schedule.json"))
                    || Files.exists(dir.resolve(SOAK))
                    || files.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what the servers stored; nobody will want to look into it. */
    static void dropData(Path dir) {
        for (Path server : servers(dir)) {
            delete(server.resolve("disk").resolve("data"));
            delete(server.resolve(server.getFileName() + ".img")); // the data, if the server had a disk of its own
        }
    }

    /** The directories of all servers that there ever were, guests too. */
    static List<Path> servers(Path dir) {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().matches("s\\d+") && Files.isDirectory(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves of a run that passed what people read: its report and its summary. */
    static void keepReport(Path dir) {
        Set<String> kept = Set.of("report.html", Summary.FILE);
        try (Stream<Path> files = Files.list(dir)) {
            files.filter(file -> !kept.contains(file.getFileName().toString()))
                    .toList()
                    .forEach(RunFiles::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Deletes the reports of all but the newest of {@code passed}, which are in the order of their runs, so that a soak of days
     * does not fill the disk. Their summaries, of a few kilobytes, stay.
     */
    static void boundReports(List<Path> passed) {
        passed.subList(0, Math.max(0, passed.size() - PASSED_REPORTS_MAX))
                .forEach(dir -> delete(dir.resolve("report.html")));
    }

    /** Where the score of seeded bugs is: left in the build that this program comes from by who measured it there, or else as recorded. */
    static Path mutationScore() {
        try {
            Path classes = Path.of(RunFiles.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path measured = classes.resolveSibling("faults").resolve(SCORE);
            return Files.exists(measured)
                    ? measured
                    : classes.resolve("io/gemel/it/faults/agent").resolve(SCORE);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where this program is: " + e.getMessage(), e);
        }
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
