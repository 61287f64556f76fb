package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerConfigTest {
    private static final String THREE = "s1=10.0.0.1:8848,s2=10.0.0.2:8848,s3=10.0.0.3:2001/2002/2003";

    @Test
    void standaloneListensAtTheLoopbackAddressOnThePortsThatFollowTheBasePort() {
        ServerConfig config = config("n-1", "base-port", "20000");

        assertThat(config.standalone()).isTrue();
        assertThat(config.bind()).isEqualTo("127.0.0.1");
        assertThat(config.members().all()).containsExactly(new Member("n-1", "127.0.0.1", 19000, 21001, 21000));
        assertThat(config.warning()).isEmpty();
    }

    @Test
    void httpIsServedWhereNacosClientsLookForIt() {
        assertThat(config("n-1", "base-port", "20000").httpPort()).hasValue(20000);
        assertThat(config("n-1", "client-port", "5001").httpPort()).hasValue(4001);
        assertThat(config("n-1", "http-port", "80").httpPort()).hasValue(80);
        assertThat(config("n-1", "nacos", "off").httpPort()).isEmpty();
        assertThatThrownBy(() -> config("n-1", "client-port", "5"))
                .hasMessageContaining("http-port")
                .hasMessageContaining("the client port, 5, leaves none 1000 below it");
        assertThatThrownBy(() -> config("n-1", "http-port", "9849"))
                .hasMessageContaining("9849 is another port of this node");
    }

    @Test
    void eachPortCanBeMovedAlone() {
        ServerConfig config = config("n-1", "client-port", "5001", "server-port", "5002", "raft-port", "5003");

        assertThat(config.self()).isEqualTo(new Member("n-1", "127.0.0.1", 5003, 5002, 5001));
    }

    @Test
    void clientsAreToldTheHostThatIsSetElseTheBindAddressElseOneThatTheyCanReach() {
        assertThat(config("n-1", "bind", "10.1.1.1", "host", "gemel.example")
                        .self()
                        .host())
                .isEqualTo("gemel.example");
        assertThat(config("n-1", "bind", "10.1.1.1").self().host()).isEqualTo("10.1.1.1");
        assertThat(config("n-1", "bind", "0.0.0.0").self().host()).isNotEqualTo("0.0.0.0");
    }

    @Test
    void aMemberListensAtItsOwnHostAndPortsUnlessABindAddressIsSet() {
        assertThat(config("s2", "members", THREE).bind()).isEqualTo("10.0.0.2");
        assertThat(config("s2", "members", THREE, "bind", "0.0.0.0").bind()).isEqualTo("0.0.0.0");
        assertThat(config("s2", "members", THREE).self()).isEqualTo(new Member("s2", "10.0.0.2", 7848, 9849, 9848));
        assertThat(config("s3", "members", THREE).self()).isEqualTo(new Member("s3", "10.0.0.3", 2003, 2002, 2001));
    }

    @Test
    void aNodeThatIsNotAmongTheMembersIsRefused() {
        assertThatThrownBy(() -> config("s4", "members", THREE))
                .hasMessage("members: '%s' (this node, s4, is not among them; expected: all nodes of the cluster; "
                                .formatted(THREE)
                        + "set by flag --members)");
    }

    @Test
    void membersThatShareAnIdOrAnAddressAreRefused() {
        assertThatThrownBy(() -> config("s1", "members", "s1=a:8848,s1=b:8848"))
                .hasMessageContaining("two members have the id s1");
        assertThatThrownBy(() -> config("s1", "members", "s1=a:8848,s2=a:8848"))
                .hasMessageContaining("address a:9848 belongs to both s1 and s2");
        assertThatThrownBy(() -> config("s1", "members", "s1=a:8848,s2=a:8847"))
                .hasMessageContaining("address a:9848 belongs to both s1 and s2");
        assertThatThrownBy(() -> config("s1", "members", "s1=a:5/5/6"))
                .hasMessageContaining("s1 has the address a:5 twice");
        assertThatThrownBy(() -> config("n-1", "client-port", "7848"))
                .hasMessageContaining("client-port: '7848' (n-1 has the address 127.0.0.1:7848 twice");
    }

    @Test
    void portsAndHostThatContradictTheMembersAreRefused() {
        assertThatThrownBy(() -> config("s1", "members", THREE, "client-port", "5000"))
                .hasMessage("client-port: '5000' (members gives this node 9848; set by flag --client-port)");
        assertThatThrownBy(() -> config("s1", "members", THREE, "base-port", "5000"))
                .hasMessage("base-port: '5000' (members gives s1 the client port 9848; set by flag --base-port)");
        assertThatThrownBy(() -> config("s1", "members", THREE, "host", "elsewhere"))
                .hasMessage("host: 'elsewhere' (members gives s1 the host 10.0.0.1; set by flag --host)");
    }

    @Test
    void aNodeThatJoinsTakesItsOwnAddressFromItsOwnSettings() {
        ServerConfig config = config("n-1", "join", "10.0.0.1:9848,[::1]:9848", "host", "10.0.0.4");

        assertThat(config.join()).containsExactly("10.0.0.1:9848", "[::1]:9848");
        assertThat(config.standalone()).isFalse();
        assertThat(config.self()).isEqualTo(new Member("n-1", "10.0.0.4", 7848, 9849, 9848));
        assertThat(config.bind()).isEqualTo("10.0.0.4");
        assertThat(config("n-1", "join", "10.0.0.1:9848").self().host()).isEqualTo("127.0.0.1");
    }

    @Test
    void aNodeThatJoinsDoesNotVoteYetUnlessItDidBefore() {
        Entry s1 = new Entry(new Member("s1", "10.0.0.1", 1, 2, 3), Standing.VOTER);
        Entry s2 = new Entry(new Member("s2", "10.0.0.2", 1, 2, 3), Standing.JOINING);
        Entry s3 = new Entry(new Member("s3", "10.0.0.3", 1, 2, 3), Standing.REMOVED);
        ServerConfig settings = config("s4", "join", "10.0.0.1:3", "host", "10.0.0.4");

        ServerConfig joining = settings.joining(new ClusterMembers(5, List.of(s1, s2, s3)));
        assertThat(joining.members().all()).containsExactly(s1.member(), s2.member(), settings.self());
        assertThat(joining.members().voters()).containsExactly(s1.member());
        assertThat(joining.met()).containsExactly(s1.member(), s2.member());

        Entry own = new Entry(settings.self(), Standing.VOTER);
        ServerConfig again = settings.joining(new ClusterMembers(5, List.of(s1, own)));
        assertThat(again.members().all()).containsExactly(s1.member(), settings.self());
        assertThat(again.members().voters()).containsExactly(s1.member(), settings.self());
    }

    @Test
    void toFoundAClusterAndToJoinOneExcludeEachOther() {
        assertThatThrownBy(() -> config("s1", "members", THREE, "join", "10.0.0.9:9848"))
                .hasMessageContaining(
                        "join: '10.0.0.9:9848' (members is set too; expected: members for the nodes that found")
                .hasMessageContaining("set by flag --join");
    }

    @Test
    void whomToJoinIsGivenAsHostAndPort() {
        for (String bad : List.of("10.0.0.1", "10.0.0.1:0", "a:1,", ":1", "a b:1", "a:70000")) {
            assertThatThrownBy(() -> config("s1", "join", bad))
                    .hasMessageContaining("join: '" + bad + "' (expected: host:port of client doors");
        }
    }

    @Test
    void aNodeMustMissTwoDigestsBeforeItIsCalledDown() {
        assertThatThrownBy(() -> config("n-1", "peer-down-after", "900ms"))
                .hasMessage("peer-down-after: '900ms' (expected: at least twice the digest-interval; "
                        + "set by flag --peer-down-after)");
    }

    @Test
    void anEvenNumberOfMembersIsAllowedWithAWarning() {
        assertThat(config("s1", "members", "s1=a:8848,s2=b:8848").warning())
                .contains("members: an even number, 2, survives the loss of no more nodes than 1 would");
        assertThat(config("s1", "members", THREE).warning()).isEmpty();
    }

    private static ServerConfig config(String nodeId, String... flags) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < flags.length; i += 2) {
            map.put(flags[i], flags[i + 1]);
        }
        return ServerConfig.of(Settings.resolve(map, Map.of(), Optional.empty()), nodeId, Optional.empty());
    }
}
