package io.gemel.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.bootstrap.cli.FakeCluster;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoiningTest {
    private static final Member S4 = new Member("s4", "127.0.0.1", 7848, 9849, 9848);

    private final FakeCluster cluster = new FakeCluster(2);

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void whoTheMembersAreIsAskedOfAnyServerThatAnswers() throws InterruptedException {
        Joining joining = joining("join", "127.0.0.1:1," + cluster.address("s2"));

        assertThat(joining.meet().entries())
                .extracting(entry -> entry.member().id())
                .containsExactly("s1", "s2");
        joining.enter();
        assertThat(cluster.added).containsExactly(S4);
    }

    @Test
    void whatPassesIsWaitedFor() throws InterruptedException {
        cluster.refusals.add(new RegistryException(RegistryException.Code.NO_LEADER, "electing"));
        cluster.refusals.add(
                new RegistryException(RegistryException.Code.MEMBERSHIP_REFUSED, "node s3 is joining; wait"));

        joining("join", cluster.address("s1")).enter();
        assertThat(cluster.added).containsExactly(S4);
    }

    @Test
    void aNodeThatWasStoppedBeforeItWasAddedAsksThoseThatItMet() throws InterruptedException {
        ServerConfig config = config("node-id", "s4");

        new Joining(config, List.of(cluster.member("s1"))).enter();
        assertThat(cluster.added).containsExactly(S4);
    }

    @Test
    void aNodeIsNotAskedToTakeItselfIn() throws InterruptedException {
        assertThatThrownBy(() -> joining("join", "127.0.0.1:9848"))
                .hasMessage("join: 127.0.0.1:9848 is where this node listens itself");
        joining("join", "127.0.0.1:9848," + cluster.address("s1")).enter();
        assertThat(cluster.added).containsExactly(S4);
    }

    @Test
    void anotherClusterIsRefused() {
        assertRefused(
                "join: " + cluster.address("s1") + " belongs to cluster gemel, this is a node of cluster blue",
                "--cluster-name=gemel",
                "cluster-name",
                "blue");
    }

    @Test
    void anIdThatWasRemovedIsRefused() {
        cluster.write(S4, Standing.REMOVED);

        assertRefused(
                "join: the node s4 was removed from cluster gemel, and ids are not used again", "another --node-id");
    }

    @Test
    void theIdOfAMemberElsewhereIsRefused() {
        cluster.write(new Member("s4", "127.0.0.1", 7848, 9849, 1), Standing.VOTER);

        assertRefused(
                "join: s4 is a member at 127.0.0.1:1 (client), 9849 (server), 7848 (raft), and this node would be at"
                        + " 127.0.0.1:9848 (client), 9849 (server), 7848 (raft)",
                "gemel cluster replace s4");
    }

    @Test
    void anAddressOfAnotherMemberIsRefused() {
        cluster.write(new Member("s3", "127.0.0.1", 9849, 502, 503), Standing.VOTER);

        assertRefused("join: address 127.0.0.1:9849 belongs to both s3 and s4", "--base-port");
    }

    @Test
    void anAddressThatOthersTakeForThemselvesIsRefused() {
        cluster.write(new Member("s3", "10.255.255.1", 1, 2, 3), Standing.VOTER);

        assertRefused(
                "join: this node would tell the others that it is at 127.0.0.1, which each of them takes for itself; s3 is"
                        + " at 10.255.255.1",
                "--host");
    }

    @Test
    void aRefusalThatDoesNotPassEndsTheStartAlsoOnceTheNodeListens() {
        cluster.refusals.add(new RegistryException(RegistryException.Code.MEMBERSHIP_REFUSED, "no"));
        cluster.write(S4, Standing.REMOVED);

        assertThatThrownBy(() -> joining("join", cluster.address("s1")).enter())
                .hasMessageContaining("ids are not used again");
    }

    @Test
    void aMemberThatLostItsDirectoryComesBackUnderItsId() throws InterruptedException {
        cluster.write(S4, Standing.VOTER);

        assertThat(joining("join", cluster.address("s1")).meet().find("s4")).isPresent();
    }

    private void assertRefused(String why, String whatToDo, String... flags) {
        String[] all = new String[flags.length + 2];
        System.arraycopy(flags, 0, all, 2, flags.length);
        all[0] = "join";
        all[1] = cluster.address("s1");
        assertThatThrownBy(() -> joining(all).meet()).isInstanceOfSatisfying(StartRefused.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(Code.CANNOT_JOIN);
            assertThat(refusal.code().usage()).isFalse();
            assertThat(refusal).hasMessage(why);
            assertThat(refusal.whatToDo()).contains(whatToDo);
        });
    }

    private static Joining joining(String... flags) {
        return new Joining(config(flags), List.of());
    }

    private static ServerConfig config(String... flags) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < flags.length; i += 2) {
            map.put(flags[i], flags[i + 1]);
        }
        return ServerConfig.of(Settings.resolve(map, Map.of(), Optional.empty()), "s4", Optional.empty());
    }
}
