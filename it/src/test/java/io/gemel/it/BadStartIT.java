package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that cannot start as it was told says why and what to do, ends, and leaves nothing behind. */
class BadStartIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    private static final Duration LIMIT = Duration.ofSeconds(30);

    static Stream<Arguments> ports() {
        return Stream.of(
                Arguments.of("http", (ToIntFunction<Node>) Node::httpPort),
                Arguments.of("client", (ToIntFunction<Node>) Node::clientPort),
                Arguments.of("server", (ToIntFunction<Node>) Node::serverPort),
                Arguments.of("raft", (ToIntFunction<Node>) Node::raftPort));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ports")
    void aPortInUseIsNamed(String name, ToIntFunction<Node> port) throws IOException {
        Node node = SANDBOX.node("alone");
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(Node.at(port.applyAsInt(node)));
            node.start();

            assertThat(refused(node.process()))
                    .contains(Integer.toString(port.applyAsInt(node)))
                    .containsIgnoringCase(name)
                    .contains("stop what listens there");
        }
        assertThatCode(() -> {
                    node.start();
                    node.awaitReady();
                })
                .as("nothing was left behind that keeps it from starting now")
                .doesNotThrowAnyException();
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThat(refusedServer("--config=absent.properties")).contains("absent.properties");
    }

    @Test
    void aDirectoryIsNoConfiguration() throws IOException {
        Files.createDirectories(SANDBOX.dir().resolve("conf.d"));

        assertThat(refusedServer("--config=conf.d")).contains("conf.d");
    }

    @Test
    void bytesThatAreNoTextAreNoConfiguration() throws IOException {
        Files.createDirectories(SANDBOX.dir());
        Files.write(SANDBOX.dir().resolve("binary.properties"), new byte[] {(byte) 0xC3, 0x28, 0, (byte) 0xFF});

        assertThat(refusedServer("--config=binary.properties")).contains("binary.properties");
    }

    @Test
    void anUnknownFlagIsRefusedWithWhatWasMeant() {
        assertThat(refusedServer("--data-dri=elsewhere")).contains("--data-dri").contains("did you mean --data-dir?");
    }

    @Test
    void anUnknownVariableIsRefusedWithWhatWasMeant() {
        assertThat(refused(SANDBOX.start(Map.of("GEMEL_DATA_DRI", "elsewhere"), "server")))
                .contains("GEMEL_DATA_DRI")
                .contains("did you mean GEMEL_DATA_DIR?");
    }

    @Test
    void anUnknownKeyInTheFileIsRefusedWithWhatWasMeant() throws IOException {
        Files.createDirectories(SANDBOX.dir());
        Files.writeString(SANDBOX.dir().resolve("gemel.properties"), "data-dri=elsewhere\n");

        assertThat(refusedServer("--config=gemel.properties"))
                .contains("data-dri")
                .contains("gemel.properties")
                .contains("did you mean data-dir?");
    }

    @Test
    void aBadValueIsNamedWithItsSourceAndWhatWasExpected() {
        assertThat(refused(SANDBOX.start(Map.of("GEMEL_BASE_PORT", "70000"), "server")))
                .contains("base-port")
                .contains("70000")
                .contains("GEMEL_BASE_PORT")
                .contains("64534");
    }

    @Test
    void anotherNodesDataDirectoryIsRefusedAndLeftAsItWas() throws IOException {
        Node owner = stopped();
        Map<String, String> before = contents(owner.dataDir());

        assertThat(refusedServer("--node-id=stranger", "--data-dir=" + owner.dataDir()))
                .contains(owner.dataDir().toString())
                .contains("stranger");
        assertThat(contents(owner.dataDir())).isEqualTo(before);
    }

    @Test
    void anotherClustersDataDirectoryIsRefused() {
        Node owner = stopped();

        assertThat(refusedServer("--cluster-name=foreign", "--data-dir=" + owner.dataDir()))
                .contains(owner.dataDir().toString())
                .contains("foreign");
    }

    @Test
    void aDataDirectoryOfANewerFormatIsRefusedAndLeftAsItWas() throws IOException {
        Node owner = stopped();
        Path identity = owner.dataDir().resolve("node.properties");
        String newer = Files.readString(identity)
                .replace("format=2", "format=3")
                .replaceAll("checksum=.*\n", ""); // which a newer version may take in another way
        Files.writeString(identity, newer);
        Map<String, String> before = contents(owner.dataDir());

        assertThat(refusedServer("--data-dir=" + owner.dataDir()))
                .contains(owner.dataDir().toString())
                .contains("format 3")
                .contains("newer");
        assertThat(contents(owner.dataDir())).isEqualTo(before);
    }

    @Test
    void aDataDirectoryInUseIsRefusedAndItsUserUnharmed() {
        Node user = SANDBOX.node("user");
        user.start();
        user.awaitReady();

        assertThat(refusedServer("--data-dir=" + user.dataDir())).contains("in use by another process");
        assertThat(user.status())
                .hasValueSatisfying(status -> assertThat(status.ready()).isTrue());
    }

    @Test
    void someOtherDirectoryIsNotTakenOver() throws IOException {
        Path documents = Files.createDirectories(SANDBOX.dir().resolve("documents"));
        Files.writeString(documents.resolve("letter.txt"), "mine");

        assertThat(refusedServer("--data-dir=documents")).contains("documents").contains("letter.txt");
    }

    @Test
    void aNodeThatIsNoneOfTheMembersIsRefused() {
        assertThat(refusedServer("--node-id=s4", "--members=" + members(3)))
                .contains("s4")
                .contains("members");
    }

    @Test
    void aMemberThatIsNotToldWhichOneItIsIsRefused() {
        assertThat(refusedServer("--members=" + members(3))).contains("node-id");
    }

    @Test
    void toFoundAClusterAndToJoinOneAtOnceIsRefused() {
        assertThat(refusedServer("--node-id=s1", "--members=" + members(3), "--join=127.0.0.1:9848"))
                .contains("join")
                .contains("members is set too");
    }

    @Test
    void aNodeThatCannotBeTakenInSaysWhyAndLeavesNoIdentityBehind() throws IOException {
        Node member = SANDBOX.node("member");
        member.start();
        member.awaitReady();

        assertThat(refusedServer("--join=" + member.address(), "--cluster-name=foreign", "--data-dir=stranger"))
                .contains("belongs to cluster")
                .contains("foreign");
        assertThat(refusedServer(
                        "--join=" + member.address(), "--raft-port=" + member.raftPort(), "--data-dir=stranger"))
                .contains("belongs to both");
        assertThat(SANDBOX.dir().resolve("stranger/node.properties")).doesNotExist();
    }

    @Test
    void aMemberListensWhereItDidWhenItIsToldNothingButItsDirectory() {
        Node owner = stopped();

        var unused = SANDBOX.start("server", "--data-dir=" + owner.dataDir());

        Cluster.eventually()
                .untilAsserted(() -> assertThat(owner.status())
                        .hasValueSatisfying(status -> assertThat(status.ready()).isTrue()));
    }

    @Test
    void membersThatShareAnAddressAreRefused() {
        assertThat(refusedServer("--node-id=s1", "--members=s1=127.0.0.1:8848,s2=127.0.0.1:8848"))
                .contains("members")
                .contains("s1")
                .contains("s2");
    }

    @Test
    void withFewerMembersThanAMajorityItStartsSaysSoAndRefusesWhatNeedsOne() {
        Cluster cluster = SANDBOX.cluster();
        cluster.heal();
        cluster.nodes().forEach(Node::kill);
        Node only = cluster.node(1);
        only.start();
        only.awaitReady();

        assertThat(only.status())
                .hasValueSatisfying(status ->
                        assertThat(status.reason()).as("why it is restricted").containsIgnoringCase("no leader"));
        GemelProcess.Ended write =
                SANDBOX.gemel("register", "minority", "10.40.0.1:80", "--persistent", "--server=" + only.address());
        assertThat(write.exitCode()).isEqualTo(1);
        assertThat(write.err())
                .containsPattern("error (NO_LEADER|UNKNOWN_OUTCOME): ")
                .contains("do: ");
        assertThat(SANDBOX.gemel("get", "minority", "--server=" + only.address())
                        .err())
                .as("the refused write was not half done")
                .contains("error NOT_FOUND");
    }

    @Test
    void aMemberWithAnEmptyDirectoryIsNotReadyUntilItKnowsThatTheClusterIsNew() {
        Node first = SANDBOX.cluster().node(1);
        first.start();

        Cluster.eventually()
                .untilAsserted(() -> assertThat(first.status()).hasValueSatisfying(status -> {
                    assertThat(status.ready()).isFalse();
                    assertThat(status.reason())
                            .contains("whether this is a new cluster")
                            .contains("s2")
                            .contains("s3");
                }));
    }

    private static String members(int count) {
        List<String> members = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            members.add("s%d=127.0.0.1:%d".formatted(i, 11_000 + i * 10_000));
        }
        return String.join(",", members);
    }

    /** A node that has run once. */
    private static Node stopped() {
        Node node = SANDBOX.node("owner");
        node.start();
        node.awaitReady();
        assertThat(node.terminate(LIMIT)).isZero();
        return node;
    }

    private static String refusedServer(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("server"));
        arguments.addAll(List.of(flags));
        return refused(SANDBOX.start(arguments.toArray(String[]::new)));
    }

    /** What it said when it refused to start. */
    private static String refused(GemelProcess server) {
        GemelProcess.Ended ended = server.awaitEnd(LIMIT);
        assertThat(ended.exitCode()).as(ended.err()).isIn(1, 2);
        assertThat(ended.out()).doesNotContain("gemel ready");
        assertThat(ended.err())
                .containsPattern("(?m)^error [A-Z_]+: .+")
                .containsPattern("(?m)^do: .+")
                .doesNotContain("\tat ");
        return ended.err();
    }

    /** Every file with its size and a hash of its content. */
    private static Map<String, String> contents(Path dir) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        dir.relativize(file).toString(),
                        Files.size(file) + " bytes, " + java.util.Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
