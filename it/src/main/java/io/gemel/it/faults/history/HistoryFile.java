package io.gemel.it.faults.history;

import com.google.gson.JsonParseException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Histories and samples as JSON lines.
 *
 * <p>A line of a history: {@code {"i":17,"t":123456789,"p":"c1-3","type":"ok","f":"register","node":"s2","key":"…",
 * "value":"…","expected":40,"revision":41,"seen":[{"key":"…","value":"…","revision":0,"ephemeral":true}],"error":"…"}}; what
 * is absent is left out. A last line that was cut short, as by a kill of the harness, is left out when read.
 */
public final class HistoryFile {
    private HistoryFile() {}

    /** {@code event} as one line, without its end. */
    public static String line(Event event) {
        return Json.line(event);
    }

    /** {@code sample} as one line, without its end. */
    public static String line(NodeSample sample) {
        return Json.line(sample);
    }

    /** Replaces {@code file} by {@code history}. */
    public static void write(Path file, History history) {
        write(file, history.events(), Json::line);
    }

    /** Replaces {@code file} by {@code samples}. */
    public static void writeSamples(Path file, List<NodeSample> samples) {
        write(file, samples, Json::line);
    }

    /** The history in {@code file}. Throws {@link UncheckedIOException} if it cannot be read, {@link IllegalArgumentException} with file and line if it is none. */
    public static History read(Path file) {
        return new History(read(file, Json::event));
    }

    /** The samples in {@code file}. Fails as {@link #read(Path)}. */
    public static List<NodeSample> readSamples(Path file) {
        return read(file, Json::sample);
    }

    private static <T> void write(Path file, List<T> values, Function<T, String> format) {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (T value : values) {
                writer.append(format.apply(value)).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static <T> List<T> read(Path file, Function<String, T> parse) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        List<T> values = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            try {
                values.add(parse.apply(lines.get(i)));
            } catch (JsonParseException | IllegalArgumentException e) {
                if (i < lines.size() - 1) {
                    throw new IllegalArgumentException(file + ":" + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        return values;
    }
}
