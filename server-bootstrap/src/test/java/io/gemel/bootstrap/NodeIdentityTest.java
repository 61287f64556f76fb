package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.bootstrap.StartRefused.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
    private static final long NOW = 1_800_000_000;
    private static final String TWO = "s1=127.0.0.1:8848,s2=127.0.0.2:8848";

    @TempDir
    Path temp;

    private Path data;
    private long now = NOW;

    @BeforeEach
    void nameADirectoryThatDoesNotExistYet() {
        data = temp.resolve("not/there/yet");
    }

    @Test
    void aFirstStartMakesAnIdAndLaterStartsKeepItInTheNextIncarnation() {
        NodeIdentity first = start();
        NodeIdentity second = start();

        assertThat(first.nodeId()).matches("n-[0-9a-f]{8}");
        assertThat(first.incarnation()).isEqualTo(NOW);
        assertThat(second).isEqualTo(new NodeIdentity(first.nodeId(), "gemel", first.nodeId(), NOW + 1));
    }

    @Test
    void theFileSaysWhoseDirectoryItIs() throws IOException {
        start("node-id", "s1", "members", TWO);

        assertThat(Files.readString(data.resolve("node.properties"))
                        .replaceFirst("checksum=[0-9a-f]+\n", "checksum=SUM\n")
                        .lines())
                .containsExactly(
                        "# Whose directory this is. Written by the node; do not edit.",
                        "checksum=SUM",
                        "cluster-name=gemel",
                        "format=1",
                        "incarnation=" + NOW,
                        "members=s1,s2",
                        "node-id=s1");
        assertThat(start("members", TWO).nodeId()).isEqualTo("s1");
    }

    @Test
    void withMembersAFirstStartMustSayWhichOfThemItIs() {
        assertThatThrownBy(() -> start("members", TWO))
                .hasMessage("node-id: '' (expected: the one of [s1, s2] that this node is; set by default)");
    }

    @Test
    void theDirectoryOfAnotherNodeIsRefused() {
        start("node-id", "s1");

        assertRefused("belongs to node s1, this is node s2", "--node-id=s1", "node-id", "s2");
    }

    @Test
    void theDirectoryOfAnotherClusterIsRefused() {
        start("cluster-name", "blue");

        assertRefused("belongs to cluster blue, this is cluster gemel", "--cluster-name=blue");
    }

    @Test
    void aDirectoryMadeForOtherMembersIsRefused() {
        start("node-id", "s1", "members", TWO);

        assertRefused("was made for the members s1,s2, this cluster has s1", "same ids");
        assertRefused("was made for the members s1,s2, this cluster has s1", "same ids", "members", "s1=a:8848");
    }

    @Test
    void membersMayMoveToOtherAddresses() {
        start("node-id", "s1", "members", TWO);

        assertThat(start("members", "s2=127.0.0.9:1111,s1=127.0.0.8:1111").incarnation())
                .isEqualTo(NOW + 1);
    }

    @Test
    void aNodeWhoseDirectoryWasLostIsNotTakenForAnOlderOne() throws IOException {
        start();
        long last = start().incarnation();
        data = temp.resolve("new disk");
        now = NOW + 60;

        assertThat(start().incarnation()).isGreaterThan(last);
    }

    @Test
    void anyFlippedBitIsFound() throws IOException {
        start("node-id", "s1", "members", TWO);
        Path file = data.resolve("node.properties");
        byte[] good = Files.readAllBytes(file);
        NodeIdentity before = NodeIdentity.kept(data).orElseThrow();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            try {
                // What stands in the comment, or in the name of the checksum, misleads nobody.
                assertThat(NodeIdentity.kept(data)).contains(before);
            } catch (StartRefused refusal) {
                assertThat(refusal.whatToDo()).contains("move " + data + " away");
            }
        }
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        start();
        edit("format=1", "format=2");

        assertRefused("has format 2; this version of Gemel reads format 1", "version of Gemel that wrote it");
    }

    @Test
    void aDamagedIdentityIsRefused() throws IOException {
        start();
        edit("incarnation=" + NOW, "incarnation=x");
        assertRefused("has a damaged node.properties: incarnation is 'x' (expected: a number)", "backup");
        edit("incarnation=x\n", "");
        assertRefused("has a damaged node.properties: incarnation is missing", "backup");
        Files.write(data.resolve("node.properties"), new byte[] {(byte) 0xff, 0, 1});
        assertRefused("has an unreadable node.properties", "backup");
    }

    @Test
    void aDirectoryThatHoldsSomethingElseIsRefused() throws IOException {
        Files.createDirectories(data);
        Files.writeString(data.resolve("holiday.jpg"), "");

        assertRefused("has no node.properties but holds holiday.jpg", "empty or new directory");
    }

    @Test
    void aFileInPlaceOfADirectoryIsRefused() throws IOException {
        data = Files.writeString(temp.resolve("file"), "");

        assertThatThrownBy(() -> DataDir.take(data)).hasMessage("data-dir: " + data + " is a file");
    }

    @Test
    void aDirectoryInUseIsRefusedAndFreeAgainOnceClosed() {
        DataDir held = DataDir.take(data);
        assertThatThrownBy(() -> DataDir.take(data)).hasMessage("data-dir: " + data + " is in use by another process");

        held.close();
        DataDir.take(data).close();
    }

    @Test
    void aRefusedStartRaisesNothing() {
        start("node-id", "s1");
        assertRefused("belongs to node s1", "", "node-id", "s2");

        assertThat(start().incarnation()).isEqualTo(NOW + 1);
    }

    private void assertRefused(String why, String whatToDo, String... flags) {
        assertThatThrownBy(() -> start(flags)).isInstanceOfSatisfying(StartRefused.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(Code.BAD_DATA_DIR);
            assertThat(refusal).hasMessageStartingWith("data-dir: " + data + " " + why);
            assertThat(refusal.whatToDo()).contains(whatToDo);
        });
    }

    private void edit(String from, String to) throws IOException {
        Path file = data.resolve("node.properties");
        // Without a checksum it counts as written by an earlier version.
        Files.writeString(
                file, Files.readString(file).replaceFirst("checksum=.*\n", "").replace(from, to));
    }

    private NodeIdentity start(String... flags) {
        Map<String, String> map = new HashMap<>(Map.of("data-dir", data.toString()));
        for (int i = 0; i < flags.length; i += 2) {
            map.put(flags[i], flags[i + 1]);
        }
        Settings settings = Settings.resolve(map, Map.of(), Optional.empty());
        try (DataDir dir = DataDir.take(data)) {
            String nodeId = NodeIdentity.nodeId(settings, NodeIdentity.kept(data));
            return NodeIdentity.claim(dir, ServerConfig.of(settings, nodeId), () -> Instant.ofEpochSecond(now));
        }
    }
}
