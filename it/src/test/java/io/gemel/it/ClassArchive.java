package io.gemel.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The classes of gemel.jar, parsed and verified once for the hundreds of processes that these tests start: each then needs half the CPU to start.
 * It is the archive that the gemel script makes, in the same place. Only a gain: where there is none, processes start as before.
 */
public final class ClassArchive {
    private static final int MINUTES_MAX = 3;

    private ClassArchive() {}

    /** Options for the JVM of a gemel command: the archive, and silence about whether it suits, on stdout at least, where results are. */
    static List<String> options() {
        return made().map(archive ->
                        List.of("-Xlog:disable", "-Xlog:all=error:stderr", "-XX:SharedArchiveFile=" + archive))
                .orElse(List.of());
    }

    /** Makes the archive beside the jar, if it is not there yet: the fault harness finds it there by itself. */
    public static Optional<Path> made() {
        return Made.ARCHIVE;
    }

    private static final class Made {
        static final Optional<Path> ARCHIVE = make();

        private static Optional<Path> make() {
            Path jar = Path.of(System.getProperty("gemel.jar", "gemel.jar")).toAbsolutePath();
            Path archive = Path.of(jar.toString().replaceFirst("\\.jar$", ".jsa"));
            // The JVMs that run tests side by side begin together: one makes it, and the others wait.
            try (FileChannel file =
                    FileChannel.open(Path.of(archive + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock unused = file.lock(); // until the file is closed
                if (!newer(archive, jar)) {
                    rehearse(jar, archive);
                }
                return newer(archive, jar) ? Optional.of(archive) : Optional.empty();
            } catch (IOException e) {
                System.err.println("no archive of classes: " + e);
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }

        private static void rehearse(Path jar, Path archive) throws IOException, InterruptedException {
            Path fresh = Path.of(archive + ".new");
            Files.deleteIfExists(fresh);
            Process rehearsal = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:ArchiveClassesAtExit=" + fresh,
                            "-jar",
                            jar.toString(),
                            "rehearse")
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of(archive + ".log").toFile())
                    .start();
            try {
                if (rehearsal.waitFor(MINUTES_MAX, TimeUnit.MINUTES) && Files.isRegularFile(fresh)) {
                    Files.move(fresh, archive, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                rehearsal.destroyForcibly();
            }
        }

        private static boolean newer(Path archive, Path jar) throws IOException {
            FileTime made = Files.isRegularFile(archive) ? Files.getLastModifiedTime(archive) : FileTime.fromMillis(0);
            return Files.isRegularFile(jar) && made.compareTo(Files.getLastModifiedTime(jar)) > 0;
        }
    }
}
