package io.gemel.it.faults.check;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Reads the nodes' logs line by line. */
final class LogLines {
    private LogLines() {}

    /** Hands over each line with the place where it stands, as s1:17. Throws {@link UncheckedIOException} if a log cannot be read. */
    static void forEach(Map<String, Path> logs, BiConsumer<String, String> line) {
        new TreeMap<>(logs).forEach((node, file) -> {
            // Any bytes are text in this encoding: a log may be cut within a character.
            try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                long number = 0;
                for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                    number++;
                    line.accept(node + ":" + number, text);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("log of " + node + ": " + file + " cannot be read", e);
            }
        });
    }
}
