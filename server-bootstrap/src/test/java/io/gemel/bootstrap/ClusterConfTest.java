package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.naming.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nacos's list of the members says what {@code members} and {@code node-id} would say, or why it cannot. */
class ClusterConfTest {
    private static final String THREE = "# the cluster\n10.0.0.1:8848\n10.0.0.2:8848   # here\n\n10.0.0.3\n";

    @TempDir
    Path dir;

    @Test
    void eachLineIsAMemberAndTheOneOfThisMachineIsThisNode() throws IOException {
        Settings settings = complete(file(THREE));

        assertThat(settings.value(Setting.MEMBERS))
                .containsExactly(
                        new Member("10.0.0.1-8848", "10.0.0.1", 7848, 9849, 9848),
                        new Member("10.0.0.2-8848", "10.0.0.2", 7848, 9849, 9848),
                        new Member("10.0.0.3-8848", "10.0.0.3", 7848, 9849, 9848));
        assertThat(settings.value(Setting.NODE_ID)).contains("10.0.0.2-8848");
        assertThat(settings.print(Map.of())).containsPattern("node-id=10.0.0.2-8848 +# file .*cluster.conf\n");
        assertThat(ServerConfig.of(settings, "10.0.0.2-8848", Optional.empty()).bind())
                .isEqualTo("10.0.0.2");
    }

    @Test
    void idsDependOnTheirLineAloneAndAreValid() throws IOException {
        String host = "registry-0.registry-headless.a-rather-long-namespace-name.svc.cluster.local";
        Settings settings = complete(file("[::1]:8848\n" + host + ":8848\n10.0.0.2:8848"));
        Settings other = complete(file(host.toUpperCase(Locale.ROOT) + ":8848\n10.0.0.2:8848"));

        assertThat(settings.value(Setting.MEMBERS))
                .extracting(Member::id)
                .satisfiesExactly(
                        id -> assertThat(id).isEqualTo("__1-8848"),
                        id -> assertThat(id)
                                .hasSize(64)
                                .isEqualTo(other.value(Setting.MEMBERS).get(0).id()),
                        id -> assertThat(id).isEqualTo("10.0.0.2-8848"));
    }

    @Test
    void theOwnLineIsTheOneThatIsSaid() throws IOException {
        String two = file("10.0.0.2:8848\n10.0.0.2:8858\n10.0.0.9:8858");

        assertThat(complete(two).value(Setting.NODE_ID)).contains("10.0.0.2-8848");
        assertThat(complete(two, "base-port", "8858").value(Setting.NODE_ID)).contains("10.0.0.2-8858");
        assertThat(complete(two, "host", "10.0.0.9").value(Setting.NODE_ID)).contains("10.0.0.9-8858");
        assertThat(complete(two, "node-id", "10.0.0.9-8858").value(Setting.NODE_ID))
                .contains("10.0.0.9-8858");
        assertThat(complete(two, Optional.of("10.0.0.9-8858")).value(Setting.NODE_ID))
                .as("as the data directory says")
                .contains("10.0.0.9-8858");
    }

    @Test
    void aLineThatIsThereTwiceIsRefusedWithBothPlaces() throws IOException {
        String conf = file("10.0.0.2:8848\n10.0.0.1\n\n10.0.0.1:8848");

        refused(conf, "members: " + conf + ":4: '10.0.0.1:8848' is there already, as '10.0.0.1' at " + conf + ":2")
                .isEqualTo("remove one of the two: each node has one line");
    }

    @Test
    void aListWithoutThisNodeIsRefused() throws IOException {
        refused(file("10.0.0.1:8848\n10.0.0.3:8848"), "none of its lines are this node's own")
                .contains("--host", "--node-id");
        refused(file("10.0.0.2:9000\n10.0.0.3:8848"), "base port 8848, but 10.0.0.2-9000", "base-port", "8848")
                .contains("--base-port");
        refused(file(THREE), "lists no member with the id of this node, s1", "node-id", "s1")
                .contains("--members=s1=HOST:PORT");
    }

    @Test
    void garbageIsRefusedWithItsLine() throws IOException {
        for (String garbage : new String[] {
            "10.0.0.1:8848:1", "a b", "10.0.0.1:99999", "10.0.0.1:80", "10.0.0.1:8848?raft_port=1", ":8848", "\u0000"
        }) {
            refused(file("10.0.0.2:8848\n" + garbage), "cluster.conf:2: '" + garbage + "' (expected: host:port")
                    .contains("--members");
        }
        refused(file("# nothing\n\n"), "lists no member").contains("host:port");
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        assertThatThrownBy(() -> complete(dir.resolve("missing").toString()))
                .isInstanceOfSatisfying(
                        StartRefused.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.BAD_CONFIG_FILE))
                .hasMessageContaining("cluster-conf: ")
                .hasMessageContaining("does not exist");
        Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> complete(binary.toString())).hasMessageContaining("is not UTF-8 text");
    }

    @Test
    void aSecondWordOnTheMembersIsRefused() throws IOException {
        refused(file(THREE), "members is set too", "members", "s1=10.0.0.2:8848")
                .contains("correct it there");
        refused(file(THREE), "join is set too", "join", "10.0.0.1:9848").contains("correct it there");
    }

    @Test
    void aNacosVariableListsMembersToo() {
        Settings settings = ClusterConf.complete(
                Settings.resolve(
                        Map.of(), Map.of("NACOS_SERVERS", "10.0.0.1:8848 10.0.0.2:8848,10.0.0.3"), Optional.empty()),
                Optional.empty(),
                "10.0.0.2"::equals);

        assertThat(settings.value(Setting.MEMBERS)).hasSize(3);
        assertThat(settings.print(Map.of()))
                .containsPattern("node-id=10.0.0.2-8848 +# environment NACOS_SERVERS\n")
                .containsPattern("bind=0.0.0.0 +# environment NACOS_SERVERS\n");
    }

    private AbstractStringAssert<?> refused(String conf, String why, String... flags) {
        StartRefused refusal = catchThrowableOfType(StartRefused.class, () -> complete(conf, flags));
        assertThat(refusal).hasMessageContaining(why);
        return assertThat(refusal.whatToDo());
    }

    private static Settings complete(String conf, String... flags) {
        return complete(conf, Optional.empty(), flags);
    }

    private static Settings complete(String conf, Optional<String> kept, String... flags) {
        Map<String, String> all = new HashMap<>(Map.of("cluster-conf", conf));
        for (int i = 0; i < flags.length; i += 2) {
            all.put(flags[i], flags[i + 1]);
        }
        return ClusterConf.complete(Settings.resolve(all, Map.of(), Optional.empty()), kept, "10.0.0.2"::equals);
    }

    private String file(String text) throws IOException {
        return Files.writeString(dir.resolve("cluster.conf"), text).toString();
    }
}
