package io.gemel.it.faults.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this machine lets us do. Each question is answered by trying, once. Thread-safe. */
final class Machine {
    private static final String PRIVATE = "unshare -m --propagation private";

    private final Once loop = new Once(Machine::tryLoop);
    private final Once tmpfs = new Once(Machine::tryTmpfs);
    private final Once compiler = new Once(Machine::tryCompiler);
    private final Once clock = new Once(Machine::tryClock);

    /** Why there can be no {@link LoopDisk}; empty if there can. */
    Optional<String> withoutLoop() {
        return loop.answer();
    }

    /** Why there can be no {@link TmpfsDisk}; empty if there can. */
    Optional<String> withoutTmpfs() {
        return tmpfs.answer();
    }

    /** Why there can be no {@link IoShim}; empty if there can. */
    Optional<String> withoutShim() {
        return compiler.answer();
    }

    /** Why there can be no {@link FakeClock}; empty if there can. */
    Optional<String> withoutClock() {
        return clock.answer();
    }

    private static Optional<String> tryLoop() {
        Optional<String> missing =
                missing("mkfs.ext4", "e2fsprogs", "mount", "mount", "umount", "mount", "unshare", "util-linux");
        if (missing.isPresent()) {
            return missing;
        }
        Optional<List<String>> shutdown = LoopDisk.shutdown();
        if (shutdown.isEmpty()) {
            return Optional.of("needs perl, python3 or xfs_io to take a file system's power; install one");
        }
        return inScratch(scratch -> {
            Path image = scratch.resolve("img");
            Path at = Files.createDirectory(scratch.resolve("at"));
            String command = shutdown.get().stream().map(Machine::quoted).collect(Collectors.joining(" "));
            String script =
                    "truncate -s 8M %1$s && mkfs.ext4 -q -F %1$s && mount -o loop %1$s %2$s && %3$s %2$s; r=$?; umount %2$s; exit $r"
                            .formatted(quoted(image.toString()), quoted(at.toString()), command);
            return refusal(script, "needs to mount a file on a loop device, which takes root and loop devices");
        });
    }

    private static Optional<String> tryTmpfs() {
        Optional<String> missing = missing("mount", "mount", "unshare", "util-linux");
        return missing.isPresent()
                ? missing
                : inScratch(scratch -> refusal(
                        "mount -t tmpfs -o size=1m scratch " + quoted(scratch.toString()),
                        "needs to mount a tmpfs, which takes root or user namespaces"));
    }

    private static Optional<String> tryCompiler() {
        return inScratch(scratch -> {
            try {
                IoShim.compile(scratch.resolve("shim.so"));
                return Optional.empty();
            } catch (IllegalStateException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        });
    }

    private static Optional<String> tryClock() {
        return FakeClock.library().isPresent()
                ? Optional.empty()
                : Optional.of("needs libfaketimeMT.so.1; install the package libfaketime");
    }

    private static Optional<String> missing(String... toolsAndPackages) {
        for (int i = 0; i < toolsAndPackages.length; i += 2) {
            if (Command.find(toolsAndPackages[i]).isEmpty()) {
                return Optional.of("needs " + toolsAndPackages[i] + "; install the package " + toolsAndPackages[i + 1]);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> refusal(String script, String need) {
        Command.Outcome outcome = Command.attempt("sh", "-c", PRIVATE + " sh -c " + quoted(script));
        return outcome.exit() == 0
                ? Optional.empty()
                : Optional.of(need + ": " + outcome.output().lines().findFirst().orElse("no reason given"));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static Optional<String> inScratch(Trial trial) {
        try {
            Path scratch = Files.createTempDirectory("gemel-machine");
            try {
                return trial.attempt(scratch);
            } finally {
                try (Stream<Path> files = Files.walk(scratch)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Trial {
        Optional<String> attempt(Path scratch) throws IOException;
    }

    /** A question that is asked when its answer is first wanted. */
    private static final class Once {
        private final Supplier<Optional<String>> question;
        private boolean asked;
        private Optional<String> answer = Optional.empty();

        Once(Supplier<Optional<String>> question) {
            this.question = question;
        }

        synchronized Optional<String> answer() {
            if (!asked) {
                answer = question.get();
                asked = true;
            }
            return answer;
        }
    }
}
