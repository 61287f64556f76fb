package io.gemel.it.faults.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.it.faults.stage.Disk;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorTest {
    @TempDir
    Path dir;

    private final Server server = new Server();

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(server.dataDir().resolve("state"));
        Files.createFile(server.dataDir().resolve("state/CURRENT"));
        Files.createFile(server.log());
    }

    @Test
    void whatStartsIsLeftAlone() {
        Operator.bringBack(server);

        assertThat(server.starts()).isEqualTo(1);
        assertThat(server.dataDir().resolve("state/CURRENT")).exists();
    }

    @Test
    void whatTheMessageNamesIsMovedAway() {
        server.refusal = Optional.of("error CANNOT_START: the state is damaged\ndo: move "
                + server.dataDir().resolve("state") + " away, then start this node again\n");

        Operator.bringBack(server);

        assertThat(server.alive()).isTrue();
        assertThat(server.starts()).isEqualTo(2);
        assertThat(server.dataDir().resolve("state")).doesNotExist();
        assertThat(server.dataDir().resolve("state.away/CURRENT")).exists();
    }

    @Test
    void aRefusalThatDoesNotSayWhatToDoIsAFinding() {
        server.refusal = Optional.of("error CANNOT_START: something is wrong\n");

        assertThatThrownBy(() -> Operator.bringBack(server))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("something is wrong");
    }

    @Test
    void nothingOutsideTheDataDirectoryIsMoved() {
        server.refusal = Optional.of("error CANNOT_START: x\ndo: move " + dir + " away\n");

        assertThatThrownBy(() -> Operator.bringBack(server)).isInstanceOf(IllegalStateException.class);
        assertThat(dir).exists();
    }

    @Test
    void aServerThatSomebodyElseKilledIsLeftToThem() {
        server.refusal = Optional.of("");

        Operator.bringBack(server);

        assertThat(server.alive()).isFalse();
    }

    /** Refuses to start, in these words, while its state directory is there. */
    private final class Server implements ServerNode {
        private Optional<String> refusal = Optional.empty();
        private boolean alive;
        private int starts;

        @Override
        public void start() {
            if (alive) {
                return;
            }
            starts++;
            alive = refusal.isEmpty() || !Files.exists(dataDir().resolve("state"));
            if (!alive) {
                try {
                    Files.writeString(log(), refusal.get(), StandardOpenOption.APPEND);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public String id() {
            return "s1";
        }

        @Override
        public String clientAddress() {
            return "127.0.0.1:1";
        }

        @Override
        public Path dir() {
            return dir;
        }

        @Override
        public Path dataDir() {
            return dir.resolve("disk/data");
        }

        @Override
        public Disk disk() {
            return new PlainDisk(dir.resolve("disk"));
        }

        @Override
        public Path log() {
            return dir.resolve("server.log");
        }

        @Override
        public OptionalLong pid() {
            return OptionalLong.empty();
        }

        @Override
        public int starts() {
            return starts;
        }

        @Override
        public boolean alive() {
            return alive;
        }

        @Override
        public boolean awaitReady(Duration limit) {
            return alive;
        }

        @Override
        public void kill() {
            alive = false;
        }

        @Override
        public Optional<Integer> terminate(Duration limit) {
            alive = false;
            return Optional.of(0);
        }

        @Override
        public boolean awaitEnd(Duration limit) {
            return !alive;
        }

        @Override
        public void freeze() {}

        @Override
        public void thaw() {}

        @Override
        public void wipe() {}

        @Override
        public boolean knownAt(String address) {
            return false;
        }

        @Override
        public void move() {}

        @Override
        public Optional<NodeStatus> status() {
            return Optional.empty();
        }
    }
}
