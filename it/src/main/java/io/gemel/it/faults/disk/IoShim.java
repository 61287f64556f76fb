package io.gemel.it.faults.disk;

import io.gemel.it.faults.stage.Preparation;
import io.gemel.it.faults.stage.ServerNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * Faults of file I/O inside a server: a library loaded before all others stands between it and the C library.
 *
 * <p>A file in the node's directory says what shall happen now; {@code iofault.c}, beside this class, says how it is
 * written. RocksDB and Java's own channels both go through it.
 */
final class IoShim {
    private static final String FILE = "iofault";
    private static final String SOURCE = "iofault.c";

    private IoShim() {}

    /** What a file may be asked to do. */
    enum Operation {
        READ,
        WRITE,
        SYNC
    }

    /** What happens instead. */
    enum Effect {
        EIO,
        ENOSPC,
        DELAY,
        LIE,
        FLIP
    }

    /**
     * What shall happen to some files.
     *
     * @param number milliseconds of a DELAY; of a FLIP, one of how many reads; else unused
     * @param pathPart met are files whose path contains it
     */
    record Rule(Operation operation, Effect effect, long number, String pathPart) {
        @Override
        public String toString() {
            String what = (operation + " " + effect).toLowerCase(Locale.ROOT);
            return what + " " + number + " " + pathPart;
        }
    }

    /** Loads the library into every server; nothing happens until {@link #set}. */
    static void prepare(Preparation preparation) {
        if (preparation.environment().containsKey("IOFAULT_FILE")) {
            return;
        }
        try {
            Path directory = Files.createTempDirectory("gemel-faults");
            Path library = directory.resolve("iofault.so");
            directory.toFile().deleteOnExit(); // what is registered last is deleted first
            compile(library);
            library.toFile().deleteOnExit();
            preparation.preload(library.toString());
            preparation.environment("IOFAULT_FILE", "{dir}/" + FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds the library; throws {@link IllegalStateException} with the reason if that cannot be done here. */
    static void compile(Path library) {
        if (Command.find("cc").isEmpty()) {
            throw new IllegalStateException("needs a C compiler named cc; install the packages gcc and libc6-dev");
        }
        Path source = library.resolveSibling(SOURCE);
        try (InputStream in = IoShim.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException(SOURCE + " is not on the class path");
            }
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
            Command.run(
                    "cc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl", "-lpthread");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            var unused = source.toFile().delete();
        }
    }

    /** Puts these rules in force at {@code node}, within some 20 ms, in place of what was; none: all is well. */
    static void set(ServerNode node, List<Rule> rules) {
        Path file = node.dir().resolve(FILE);
        try {
            Path next = Files.write(
                    file.resolveSibling(FILE + ".next"),
                    rules.stream().map(Rule::toString).toList());
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
