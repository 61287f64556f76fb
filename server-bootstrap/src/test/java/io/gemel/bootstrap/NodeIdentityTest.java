package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
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
        assertThat(second.nodeId()).isEqualTo(first.nodeId());
        assertThat(second.clusterName()).isEqualTo("gemel");
        assertThat(second.incarnation()).isEqualTo(NOW + 1);
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
                        "client-port=9848",
                        "cluster-name=gemel",
                        "format=2",
                        "host=127.0.0.1",
                        "http-port=8848",
                        "incarnation=" + NOW,
                        "members=s1=127.0.0.1:8848,s2=127.0.0.2:8848",
                        "node-id=s1",
                        "raft-port=7848",
                        "server-port=9849");
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

        assertRefused("belongs to cluster blue, this is cluster gemel", "--cluster-name=blue", "cluster-name", "gemel");
        assertThat(start().clusterName()).isEqualTo("blue");
    }

    @Test
    void aChangedWordOnTheMembersIsNewsUntilTheLogHasHadItsSay() {
        assertThat(start("node-id", "s1", "members", TWO).addressesSet()).isEmpty();
        assertThat(start("members", TWO).addressesSet()).isEmpty();

        NodeIdentity moved = start("members", "s2=127.0.0.9:1111,s1=127.0.0.8:1111");
        assertThat(moved.addressesSet())
                .containsExactly(
                        new Member("s2", "127.0.0.9", 111, 2112, 2111), new Member("s1", "127.0.0.8", 111, 2112, 2111));
        assertThat(moved.incarnation()).isEqualTo(NOW + 2);
        assertThat(start("members", "s1=127.0.0.8:1111,s2=127.0.0.9:1111").addressesSet())
                .as("no leader was found in between")
                .hasSize(2);

        try (DataDir dir = DataDir.take(data)) {
            NodeIdentity.kept(data).orElseThrow().overtaken(dir);
        }
        assertThat(start("members", "s1=127.0.0.8:1111,s2=127.0.0.9:1111").addressesSet())
                .isEmpty();
        assertThat(start().addressesSet()).isEmpty();
    }

    /** All that this node was once told of the others it is told again when it moves itself; they may have moved since. */
    @Test
    void aWordOnOneMemberIsNoNewsOfTheOthers() {
        start("node-id", "s1", "members", "s1=127.0.0.1:1111,s2=127.0.0.2:1111");

        assertThat(start("members", "s1=127.0.0.1:2222,s2=127.0.0.2:1111").addressesSet())
                .extracting(Member::id)
                .containsExactly("s1");
        assertThat(start("members", "s1=127.0.0.1:2222,s2=127.0.0.2:3333").addressesSet())
                .as("no leader was found in between")
                .extracting(Member::id)
                .containsExactly("s1", "s2");
    }

    @Test
    void aMemberStartsAsOneAlsoWhenNobodySaysWhoTheOthersAre() {
        start("node-id", "s1", "members", TWO);

        assertThat(config().members().all()).extracting(Member::id).containsExactly("s2", "s1");
        assertThat(config().standalone()).isFalse();
        assertThat(config("base-port", "5000").members().all())
                .containsExactly(
                        new Member("s2", "127.0.0.2", 7848, 9849, 9848),
                        new Member("s1", "127.0.0.1", 4000, 6001, 6000));
    }

    @Test
    void aNodeListensWhereItListenedBeforeUnlessItIsToldOtherwise() {
        start("base-port", "20000", "bind", "127.0.0.3", "host", "gemel.example");

        assertThat(config().self().clientAddress()).isEqualTo("gemel.example:21000");
        assertThat(config().bind()).isEqualTo("127.0.0.3");
        assertThat(config("client-port", "2005").self())
                .isEqualTo(new Member(config().self().id(), "gemel.example", 19000, 21001, 2005));
        assertThat(config("base-port", "8848").self().raftPort()).isEqualTo(7848);
        assertThat(config("host", "127.0.0.4").bind()).isEqualTo("127.0.0.3");
        assertThat(config("bind", "127.0.0.5").self().host()).isEqualTo("127.0.0.5");
    }

    @Test
    void httpIsServedWhereItWasBeforeUnlessItsPortFollowsAnotherThatIsSaid() throws IOException {
        start("base-port", "20000", "http-port", "8080");

        assertThat(config().httpPort()).hasValue(8080);
        assertThat(config("http-port", "8081").httpPort()).hasValue(8081);
        assertThat(config("base-port", "9000").httpPort()).hasValue(9000);
        assertThat(config("client-port", "2005").httpPort()).hasValue(1005);
        assertThat(config("nacos", "off").httpPort()).isEmpty();

        edit("http-port=8080\n", "");
        assertThat(config().httpPort()).as("an earlier version did not note it").hasValue(20000);
        start("nacos", "off");
        assertThat(start().listening().orElseThrow().httpPort()).hasValue(20000);
    }

    @Test
    void aNodeThatJoinedKnowsWhoTookItIn() {
        Member s1 = new Member("s1", "127.0.0.1", 1, 2, 3);
        Member s2 = new Member("s2", "127.0.0.2", 1, 2, 3);
        ClusterMembers cluster =
                new ClusterMembers(7, List.of(new Entry(s1, Standing.VOTER), new Entry(s2, Standing.LEAVING)));
        ServerConfig alone = config("node-id", "s3", "join", "127.0.0.1:3");
        NodeIdentity joined;
        try (DataDir dir = DataDir.take(data)) {
            joined = NodeIdentity.claim(dir, alone.joining(cluster), () -> Instant.ofEpochSecond(now));
        }

        assertThat(joined.joined()).isTrue();
        assertThat(joined.told().met()).containsExactly(s1, s2);
        assertThat(NodeIdentity.kept(data).orElseThrow().told()).isEqualTo(joined.told());
        assertThat(config("join", "127.0.0.1:3").members().all())
                .extracting(Member::id)
                .containsExactly("s1", "s2", "s3");
        assertThat(start("members", "s3=127.0.0.1:8848,s1=127.0.0.2:8848").joined())
                .isTrue();
    }

    @Test
    void theDirectoryOfAnEarlierVersionIsRead() throws IOException {
        start("node-id", "s1", "members", TWO);
        earlier("members=s1,s2");
        assertThat(start("members", TWO).addressesSet()).isEmpty();

        earlier("members=s1,s2");
        assertThat(start("members", TWO + ",s3=127.0.0.3:8848").addressesSet()).hasSize(3);

        earlier("members=s1,s2");
        assertRefused(
                "was made by an earlier version for the members s1,s2, and does not say where they are", "--members");

        earlier("members=s1");
        assertThat(start().nodeId()).isEqualTo("s1");
    }

    private void earlier(String members) throws IOException {
        Files.writeString(
                data.resolve("node.properties"),
                "cluster-name=gemel\nformat=1\nincarnation=17\n" + members + "\nnode-id=s1\n");
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
        edit("format=2", "format=3");

        assertRefused("has format 3; this version of Gemel reads formats 1 and 2", "version of Gemel that wrote it");
    }

    @Test
    void aDamagedIdentityIsRefused() throws IOException {
        start();
        edit("incarnation=" + NOW, "incarnation=x");
        assertRefused("has a damaged node.properties: incarnation is 'x' (expected: a number)", "backup");
        edit("incarnation=x\n", "");
        assertRefused("has a damaged node.properties: incarnation is missing", "backup");
        edit("format=2", "incarnation=5\nformat=2");
        edit("client-port=9848", "client-port=0");
        assertRefused("has a damaged node.properties: client-port is '0' (expected: 1..65535)", "backup");
        edit("client-port=0", "client-port=9848");
        edit("members=", "members=x");
        assertRefused("has a damaged node.properties: 'x' are no members", "backup");
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
        try (DataDir dir = DataDir.take(data)) {
            return NodeIdentity.claim(dir, config(flags), () -> Instant.ofEpochSecond(now));
        }
    }

    private ServerConfig config(String... flags) {
        Map<String, String> map = new HashMap<>(Map.of("data-dir", data.toString()));
        for (int i = 0; i < flags.length; i += 2) {
            map.put(flags[i], flags[i + 1]);
        }
        Settings given = Settings.resolve(map, Map.of(), Optional.empty());
        Optional<NodeIdentity> kept = NodeIdentity.kept(data);
        Settings settings = kept.map(identity -> identity.complete(given)).orElse(given);
        return ServerConfig.of(settings, NodeIdentity.nodeId(settings, kept), kept);
    }
}
