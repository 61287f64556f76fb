package io.gemel.it.faults.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was recorded is read back as it was. */
class HistoryFileTest {
    private static final Seen SEEN = new Seen("10.0.0.1:80/c", "v\"1\"\nä", 7, false);

    @TempDir
    Path dir;

    private final AtomicLong clock = new AtomicLong(1_000);

    @Test
    void whatIsRecordedIsReadBack() throws IOException {
        Path file = dir.resolve("history.jsonl");
        History recorded;
        try (HistoryWriter writer = HistoryWriter.create(file, clock::get)) {
            clock.addAndGet(5);
            Event invoke = writer.invoke(
                    "c1", Op.CAS, "s1", "public/g/s#10.0.0.1:80/c", Optional.of("v2"), OptionalLong.of(40));
            clock.addAndGet(10);
            writer.complete(invoke, Event.Type.OK, Optional.of("v2"), OptionalLong.of(41), List.of(), Optional.empty());
            Event list = writer.invoke("c1", Op.LIST, "s1", "public/g/s", Optional.empty(), OptionalLong.empty());
            writer.completeAt(
                    list, Event.Type.OK, "s2", Optional.empty(), OptionalLong.of(9), List.of(SEEN), Optional.empty());
            writer.event("run", Op.PHASE, Event.Type.OK, "", "final", Optional.empty(), Optional.empty());
            writer.view(writer.since(1_001), "w", "s1", "public/g/s", 3, List.of(SEEN));
            Event write = writer.invoke("c1", Op.REGISTER, "s1", "k", Optional.of("v"), OptionalLong.empty());
            writer.complete(
                    write, Event.Type.INFO, Optional.of("v"), OptionalLong.empty(), List.of(), Optional.of("DEADLINE"));
            recorded = writer.history();
        }

        History read = HistoryFile.read(file);

        assertThat(read).isEqualTo(recorded);
        assertThat(read.events()).extracting(Event::index).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(read.events().get(1).nanos()).isEqualTo(15);
        assertThat(read.events().get(3).node()).isEqualTo("s2");
        assertThat(read.events().get(5).nanos()).isEqualTo(1);
        assertThat(Files.readAllLines(file).get(1))
                .isEqualTo("{\"i\":1,\"t\":15,\"p\":\"c1\",\"type\":\"ok\",\"f\":\"cas\",\"node\":\"s1\","
                        + "\"key\":\"public/g/s#10.0.0.1:80/c\",\"value\":\"v2\",\"expected\":40,\"revision\":41}");
        HistoryFile.write(dir.resolve("again.jsonl"), read);
        assertThat(dir.resolve("again.jsonl")).hasSameTextualContentAs(file);
    }

    @Test
    void everyEventIsInTheFileAtOnce() {
        Path file = dir.resolve("history.jsonl");
        HistoryWriter writer = HistoryWriter.create(file, clock::get);
        writer.event("c", Op.KILL, Event.Type.OK, "", "", Optional.empty(), Optional.empty());

        assertThat(HistoryFile.read(file).events()).hasSize(1);
        writer.close();
    }

    @Test
    void indexAndTimeGrowTogetherWhoeverRecords() throws InterruptedException {
        Path file = dir.resolve("history.jsonl");
        int threads = 4;
        CountDownLatch done = new CountDownLatch(threads);
        try (HistoryWriter writer = HistoryWriter.create(file, clock::incrementAndGet)) {
            for (int i = 0; i < threads; i++) {
                String process = "c" + i;
                new Thread(() -> {
                            for (int op = 0; op < 200; op++) {
                                Event invoke = writer.invoke(
                                        process, Op.READ, "", "k", Optional.empty(), OptionalLong.empty());
                                writer.complete(
                                        invoke,
                                        Event.Type.OK,
                                        Optional.empty(),
                                        OptionalLong.empty(),
                                        List.of(),
                                        Optional.empty());
                            }
                            done.countDown();
                        })
                        .start();
            }
            done.await();
        }

        List<Event> events = HistoryFile.read(file).events();

        assertThat(events).hasSize(threads * 400);
        for (int i = 1; i < events.size(); i++) {
            assertThat(events.get(i).index()).isEqualTo(i);
            assertThat(events.get(i).nanos()).isGreaterThan(events.get(i - 1).nanos());
        }
    }

    @Test
    void samplesAreReadBack() {
        NodeStatus status = new NodeStatus(
                "s1",
                "test",
                "1",
                true,
                "",
                List.of(new NodeStatus.Member("s2", "127.0.0.1:1", "alive", "voter")),
                new NodeStatus.Raft("leader", "s1", 3, 10, 9, "abc"),
                List.of(new NodeStatus.Origin("s1", 2, 17, "d", 4, "own")),
                1,
                2,
                3,
                NodeStatus.Guard.NONE);
        List<NodeSample> samples = List.of(
                new NodeSample(5, "s1", 1, true, Optional.of(status), 40, 90, 123_456_789L),
                new NodeSample(6, "s2", 2, false, Optional.empty(), 0, 0, 0));
        Path file = dir.resolve("samples.jsonl");

        HistoryFile.writeSamples(file, samples);

        assertThat(HistoryFile.readSamples(file)).isEqualTo(samples);
    }

    @Test
    void aLastLineThatWasCutShortIsLeftOut() throws IOException {
        Path file = dir.resolve("history.jsonl");
        Files.writeString(
                file, "{\"i\":0,\"t\":1,\"p\":\"c\",\"type\":\"ok\",\"f\":\"kill\"}\n{\"i\":1,\"t\":2,\"p\":");

        assertThat(HistoryFile.read(file).events()).hasSize(1);
    }

    @Test
    void aLineThatIsNoEventIsReportedWithItsPlace() throws IOException {
        Path file = dir.resolve("history.jsonl");
        Files.writeString(file, "{\"i\":0,\"t\":1,\"p\":\"c\",\"type\":\"ok\",\"f\":\"jump\"}\n\n");
        List<String> missing = new ArrayList<>(List.of("{\"i\":0}", ""));
        Path other = Files.write(dir.resolve("other.jsonl"), missing);

        assertThatThrownBy(() -> HistoryFile.read(file)).hasMessageContaining("history.jsonl:1: ");
        assertThatThrownBy(() -> HistoryFile.read(other)).hasMessageContaining("t is missing");
    }
}
