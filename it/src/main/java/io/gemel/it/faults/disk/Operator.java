package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Brings a server back as whoever runs it would: starts it, and when it refuses, does what its message says.
 *
 * <p>Knows nothing of what was done to the server. A server that does not start and does not say what to move away is
 * a finding.
 */
final class Operator {
    /** Also on a machine that has much else to do. */
    private static final Duration START_MAX = Duration.ofSeconds(60);

    /** Longer than this, one that runs but is not ready waits for others. */
    private static final Duration READY_MAX = Duration.ofSeconds(15);

    private static final Duration WHOLE_MAX = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int ROUNDS_MAX = 5;
    private static final String AWAY = ".away";
    private static final Pattern COMPLAINT = Pattern.compile("(?m)^error [A-Z_]+: |the node cannot go on");
    private static final Pattern INSTRUCTION = Pattern.compile("move (/\\S+) away");

    private Operator() {}

    /**
     * Starts {@code node} unless it runs. Returns when it is ready, or runs and may become so; throws
     * {@link IllegalStateException} with its last words if it ends each time and no longer says what to do.
     */
    static void bringBack(ServerNode node) {
        for (int round = 1; round <= ROUNDS_MAX; round++) {
            long said = size(node.log());
            int before = node.starts();
            node.start();
            if (runs(node)) {
                return;
            }
            String words = since(node.log(), said);
            Optional<Path> bad = instruction(node, words);
            if (bad.isPresent()) {
                moveAway(bad.get());
            } else if (node.starts() > before) {
                if (!COMPLAINT.matcher(words).find()) {
                    return; // another fault ended it, and will start it again
                }
                throw new IllegalStateException(
                        node.id() + " does not come back, and does not say what to move away: " + tail(words));
            } // else it was on its way down when it was asked to start
        }
        throw new IllegalStateException(
                node.id() + " refused to start " + ROUNDS_MAX + " times, whatever was moved away");
    }

    /**
     * Waits until all of {@code servers} are ready: then none of them is still filling a lost disk. Throws
     * {@link IllegalStateException} if they do not get so in time: what was to be harmed next could be a second one.
     */
    static void awaitWhole(List<ServerNode> servers) {
        boolean whole = Patience.until(
                WHOLE_MAX,
                () -> servers.stream()
                        .allMatch(node ->
                                node.status().filter(status -> status.ready()).isPresent()));
        if (!whole) {
            throw new IllegalStateException("not all of "
                    + servers.stream().map(ServerNode::id).toList()
                    + " were ready, so what was to be damaged could be a second lost disk");
        }
    }

    /** Waits until it is ready, waits for others or has ended, and a moment longer: some damage is met only in the first work. */
    private static boolean runs(ServerNode node) {
        long begin = System.nanoTime();
        boolean decided = Patience.until(
                START_MAX,
                () -> !node.alive()
                        || node.awaitReady(POLL)
                        || (System.nanoTime() - begin > READY_MAX.toNanos()
                                && node.status().isPresent()));
        if (decided && node.alive()) {
            boolean ended = node.awaitEnd(Duration.ofMillis(500));
            return !ended;
        }
        return node.alive();
    }

    private static Optional<Path> instruction(ServerNode node, String words) {
        Matcher matcher = INSTRUCTION.matcher(words);
        Optional<Path> last = Optional.empty();
        while (matcher.find()) {
            Path named = Path.of(matcher.group(1)).normalize();
            if (named.startsWith(node.dataDir()) && Files.exists(named)) {
                last = Optional.of(named);
            }
        }
        return last;
    }

    /** Keeps the newest of what was moved away, as evidence; more would fill a small disk. */
    private static void moveAway(Path path) {
        Path aside = path.resolveSibling(path.getFileName() + AWAY);
        try {
            if (Files.exists(aside)) {
                try (Stream<Path> files = Files.walk(aside)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            Files.move(path, aside);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move " + path + " away", e);
        }
    }

    private static long size(Path log) {
        try {
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String since(Path log, long from) {
        try {
            byte[] all = Files.readAllBytes(log);
            int start = (int) Math.min(from, all.length);
            return new String(all, start, all.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tail(String words) {
        List<String> lines = words.lines().filter(line -> !line.isBlank()).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
    }
}
