package io.gemel.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import io.gemel.naming.Ticker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the etcd of this machine; where there is none, only what needs none. */
class EtcdServersIT {
    private static final Ticker TICKER = System::nanoTime;

    @TempDir
    private Path dir;

    private Plan plan() {
        return new Plan(
                dir,
                1,
                1,
                Duration.ofMillis(200),
                Duration.ofMillis(200),
                1.0,
                List.of(1, 4),
                1,
                1,
                1,
                Plan.Load.USUAL,
                TICKER,
                new PrintWriter(new StringWriter()));
    }

    private static EtcdProgram etcd() {
        EtcdProgram etcd = EtcdProgram.on(System.getenv("PATH"));
        assumeThat(etcd.file()).isPresent();
        return etcd;
    }

    @Test
    void whatIsPutAtOneServerIsReadAtEachAndNothingIsLeftBehind() throws IOException {
        EtcdProgram etcd = etcd();
        EtcdServers servers = EtcdServers.start(plan(), etcd.file().orElseThrow());
        try (servers) {
            ByteString key = EtcdWorkload.key(1);
            EtcdServers.Node leader = servers.leader();
            long revision =
                    servers.client(leader).put(key, EtcdWorkload.value(1)).join();
            assertThat(revision).isGreaterThan(1);
            for (EtcdClient client : servers.clients(1)) {
                assertThat(client.range(key).join()).contains(EtcdWorkload.value(1));
                assertThat(client.range(EtcdWorkload.key(2)).join()).isEmpty();
            }
            assertThat(servers.others(leader)).hasSize(2).doesNotContain(leader);
            assertThat(servers.cpu()).isPositive();
        }

        assertThat(servers.nodes()).hasSize(3).noneMatch(node -> node.process().isAlive());
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void bothMeasuresTellAllFiguresWithoutAFailure() throws IOException {
        EtcdProgram etcd = etcd();
        List<Result> puts = new EtcdPutMeasure(etcd).run(plan());
        List<Result> ranges = new EtcdRangeMeasure(etcd).run(plan());

        assertThat(puts).hasSize(3);
        assertThat(ranges).hasSize(2);
        assertThat(List.of(puts, ranges))
                .allSatisfy(results -> assertThat(results).allSatisfy(result -> {
                    assertThat(result.figures())
                            .containsOnlyKeys("per s", "p50 ms", "p99 ms", "server us/op", "driver us/op", "others %");
                    assertThat(result.notes()).noneMatch(note -> note.contains("failed"));
                }));
    }

    @Test
    void aProgramThatEndsAtOnceIsReportedWithItsLastWords() throws IOException {
        Path program = dir.resolve("etcd");
        Files.writeString(program, "#!/bin/sh\necho 'no quota left'\nexit 7\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThatThrownBy(() -> EtcdServers.start(plan(), program))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("e1 of etcd ended with exit code 7 before it served")
                .hasMessageContaining("no quota left");
        assertThat(dir).isDirectoryNotContaining("glob:**/etcd-*");
    }
}
