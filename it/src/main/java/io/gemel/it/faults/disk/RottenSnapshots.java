package io.gemel.it.faults.disk;

import io.gemel.it.faults.nemesis.Exclusive;
import io.gemel.it.faults.nemesis.Patience;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One bit of every snapshot that the leader has or makes is flipped, while another server is replaced with an empty one that
 * is to be filled from just these.
 *
 * <p>The leader's own state and log stay whole, and the damage ends: then the empty one must be filled.
 */
final class RottenSnapshots implements Exclusive {
    private static final Duration DAMAGE = Duration.ofSeconds(4);

    private final String node;
    private final long seed;
    private Optional<ServerNode> emptied = Optional.empty();

    /** Of {@code node}, or of another one if it leads. */
    RottenSnapshots(String node, long seed) {
        this.node = node;
        this.seed = seed;
    }

    @Override
    public String claim() {
        return EVERYTHING;
    }

    @Override
    public String inject(Stage stage) {
        Operator.awaitWhole(stage.everyone());
        ServerNode leader = new Victims(List.of()).servers(stage).get(0);
        ServerNode empty = stage.servers().stream()
                .filter(server -> !server.id().equals(leader.id()))
                .filter(server -> server.id().equals(node) || leader.id().equals(node))
                .findFirst()
                .orElseThrow();
        emptied = Optional.of(empty);
        empty.kill();
        empty.wipe();
        empty.start();
        Set<Path> damaged = new HashSet<>();
        SplittableRandom random = new SplittableRandom(seed);
        boolean unused = Patience.until(DAMAGE, () -> {
            snapshots(leader).stream().filter(damaged::add).forEach(snapshot -> damage(snapshot, random));
            return false;
        });
        return "%s from %d snapshots of %s".formatted(empty.id(), damaged.size(), leader.id());
    }

    @Override
    public void heal(Stage stage) {
        emptied.ifPresent(Operator::bringBack);
        emptied = Optional.empty();
    }

    private static List<Path> snapshots(ServerNode server) {
        Path directory = server.dataDir().resolve("raft/snapshot");
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(path -> String.valueOf(path.getFileName()).matches("snapshot_\\d+"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy takes the place of the file, because a snapshot shares its tables with the state. */
    private static void damage(Path snapshot, SplittableRandom random) {
        try (Stream<Path> all = Files.walk(snapshot)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".rot"))
                    .sorted()
                    .toList();
            Path file = files.get(random.nextInt(files.size()));
            if (Files.size(file) > 0) {
                Path copy = Path.of(file + ".rot");
                Files.copy(file, copy);
                String unused = Corruptor.flip(copy, random);
                Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException | UncheckedIOException e) {
            // The leader may delete an old snapshot at any time: then there is nothing to damage.
        }
    }
}
