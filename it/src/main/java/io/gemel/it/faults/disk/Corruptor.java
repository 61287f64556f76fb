package io.gemel.it.faults.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Damages files in the data directory of a stopped server. The same random numbers and the same files give the same damage. */
final class Corruptor {
    private static final int CUT_BYTES_MAX = 4_096;

    private Corruptor() {}

    /** What is done to a file. */
    enum Harm {
        /** One bit anywhere in it is the other way round. */
        FLIP,
        /** It loses its end: a few bytes, up to half of it. */
        CUT,
        /** It is gone. */
        DELETE
    }

    /** What a file is to the server. Each is as likely to be met as any other, however many files it has. */
    enum Part {
        /** The newest entries of the Raft log. */
        LOG,
        /** Older entries of the Raft log. */
        LOG_TABLE,
        /** Which files the Raft log consists of. */
        LOG_MANIFEST,
        /** The newest changes of the state. */
        STATE_LOG,
        /** The state. */
        STATE_TABLE,
        /** Which files the state consists of. */
        STATE_MANIFEST,
        /** A snapshot's files and their list. */
        SNAPSHOT,
        /** The term and the vote. */
        VOTE,
        /** Whether the member may vote at all. */
        STANDING,
        /** How far the log must reach. */
        HIGH_WATER,
        /** Whose directory it is. */
        IDENTITY
    }

    /**
     * What was done.
     *
     * @param file relative to the data directory
     * @param how in words
     */
    record Damage(Harm harm, Part part, Path file, String how) {
        @Override
        public String toString() {
            return "%s %s of %s (%s)"
                    .formatted(
                            harm.name().toLowerCase(Locale.ROOT),
                            how,
                            part.name().toLowerCase(Locale.ROOT),
                            file);
        }
    }

    /** Damages one file in {@code data}; empty if there is none that {@code harm} can be done to. */
    static Optional<Damage> damage(Path data, Harm harm, RandomGenerator random) {
        List<Map.Entry<Part, List<Path>>> parts = List.copyOf(files(data, harm).entrySet());
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<Part, List<Path>> part = parts.get(random.nextInt(parts.size()));
        Path file = part.getValue().get(random.nextInt(part.getValue().size()));
        return Optional.of(new Damage(harm, part.getKey(), data.relativize(file), apply(file, harm, random)));
    }

    /** Damages a file of {@code part} in {@code data}; empty if there is none. */
    static Optional<Damage> damage(Path data, Harm harm, Part part, RandomGenerator random) {
        List<Path> files = files(data, harm).getOrDefault(part, List.of());
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path file = files.get(random.nextInt(files.size()));
        return Optional.of(new Damage(harm, part, data.relativize(file), apply(file, harm, random)));
    }

    private static Map<Part, List<Path>> files(Path data, Harm harm) {
        Map<Part, List<Path>> byPart = new TreeMap<>();
        for (Part part : Part.values()) {
            List<Path> files = files(data, part).stream()
                    .filter(file -> harm == Harm.DELETE || size(file) > 0)
                    .sorted(Comparator.naturalOrder())
                    .toList();
            if (!files.isEmpty()) {
                byPart.put(part, files);
            }
        }
        return byPart;
    }

    private static List<Path> files(Path data, Part part) {
        return switch (part) {
            case LOG -> below(data.resolve("raft/log"), ".*\\.log");
            case LOG_TABLE -> below(data.resolve("raft/log"), ".*\\.sst");
            case LOG_MANIFEST -> below(data.resolve("raft/log"), "MANIFEST-.*|CURRENT");
            case STATE_LOG -> below(data.resolve("state"), ".*\\.log");
            case STATE_TABLE -> below(data.resolve("state"), ".*\\.sst");
            case STATE_MANIFEST -> below(data.resolve("state"), "MANIFEST-.*|CURRENT");
            case SNAPSHOT -> below(data.resolve("raft/snapshot"), ".*");
            case VOTE -> below(data.resolve("raft"), "vote");
            case STANDING -> below(data, "raft\\.standing");
            case HIGH_WATER -> below(data, "raft\\.high-water");
            case IDENTITY -> below(data, "node\\.properties");
        };
    }

    /** Files whose names match; below the snapshot directory at any depth, since each snapshot is a directory of its own. */
    private static List<Path> below(Path directory, String name) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        int depth = directory.endsWith("snapshot") ? 4 : 1;
        try (Stream<Path> files = Files.walk(directory, depth)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> String.valueOf(file.getFileName()).matches(name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String apply(Path file, Harm harm, RandomGenerator random) {
        try {
            return switch (harm) {
                case FLIP -> flip(file, random);
                case CUT -> cut(file, random);
                case DELETE -> {
                    Files.delete(file);
                    yield "file";
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException("cannot damage " + file, e);
        }
    }

    /** Turns one bit of {@code file}, which is not empty; says which. */
    static String flip(Path file, RandomGenerator random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = random.nextLong(channel.size());
            int bit = random.nextInt(8);
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).rewind();
            channel.write(one, at);
            return "bit " + bit + " of byte " + at + " of " + channel.size();
        }
    }

    private static String cut(Path file, RandomGenerator random) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long size = channel.size();
            long most = Math.max(1, Math.min(size / 2, CUT_BYTES_MAX));
            long cut = 1 + random.nextLong(most);
            channel.truncate(size - cut);
            return "the last " + cut + " of " + size + " bytes";
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
