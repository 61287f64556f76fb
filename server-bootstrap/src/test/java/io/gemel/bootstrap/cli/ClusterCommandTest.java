package io.gemel.bootstrap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ClusterCommandTest {
    private static final Member S4 = new Member("s4", "127.0.0.1", 1, 2, 3);

    private final FakeCluster cluster = new FakeCluster(3);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void listShowsTheMembersAsTheAskedServerSeesThem() {
        cluster.write(S4, Standing.JOINING);

        assertThat(run("list")).isZero();
        assertThat(out.toString().lines().findFirst())
                .contains("cluster gemel: 4 members, leader s1 in term 4, revision 2, as s1 knows it");
        assertThat(rows())
                .containsExactly(
                        "NODE STANDING STATE LOG HOST CLIENT SERVER RAFT",
                        "s1 voter alive 149 127.0.0.1 %d 11 1"
                                .formatted(cluster.member("s1").clientPort()),
                        "s2 voter alive 150 127.0.0.1 %d 12 2"
                                .formatted(cluster.member("s2").clientPort()),
                        "s3 voter alive 151 127.0.0.1 %d 13 3"
                                .formatted(cluster.member("s3").clientPort()),
                        "s4 learner unknown - 127.0.0.1 3 2 1");
    }

    @Test
    void listShowsRemovedOnesToWhoAsksForThem() {
        cluster.write(cluster.member("s3"), Standing.REMOVED);

        assertThat(run("list", "-o", "json")).isZero();
        JsonObject json = json();
        assertThat(json.get("cluster").getAsString()).isEqualTo("gemel");
        assertThat(json.get("leader").getAsString()).isEqualTo("s1");
        assertThat(json.get("revision").getAsLong()).isEqualTo(2);
        assertThat(ids(json)).containsExactly("s1 voter", "s2 voter");
        assertThat(json.getAsJsonArray("members")
                        .get(1)
                        .getAsJsonObject()
                        .get("logIndex")
                        .getAsLong())
                .isEqualTo(150);

        assertThat(run("list", "--all", "-o", "json")).isZero();
        assertThat(ids(json())).containsExactly("s1 voter", "s2 voter", "s3 removed");
    }

    @Test
    void addWaitsUntilTheNodeVotesAndSaysHowFarItIs() {
        cluster.starts("s4");

        assertThat(run("add", "s4=127.0.0.1:3/2/1")).isZero();
        assertThat(cluster.added).containsExactly(S4);
        assertThat(cluster.standing("s4")).isEqualTo(Standing.VOTER);
        assertThat(out.toString()).isEqualTo("s4 votes; members: s1, s2, s3, s4\n");
        assertThat(err.toString()).contains("s4 has caught up, and is about to vote");
    }

    @Test
    void aNodeThatDoesNotComeIsAddedButNotWaitedForForEver() {
        assertThat(run("add", "s4=127.0.0.1:8848", "--timeout=1")).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains("s4 does not answer at 127.0.0.1:9848; start it there: gemel server --node-id=s4 --join="
                        + cluster.address("s1") + " --host=127.0.0.1 --base-port=8848")
                .contains("error NOT_YET: s4 is added but does not vote yet")
                .contains("do: look at its log; the same command waits on, 'gemel cluster remove s4' calls it off");
    }

    @Test
    void whatPassesIsWaitedForWhatIsRefusedIsToldAtOnce() {
        cluster.starts("s4");
        cluster.refusals.add(new RegistryException(Code.NO_LEADER, "electing"));
        cluster.refusals.add(new RegistryException(Code.UNKNOWN_OUTCOME, "the leader was lost"));
        assertThat(run("add", "s4=127.0.0.1:3/2/1")).isZero();

        cluster.refusals.add(new RegistryException(Code.MEMBERSHIP_REFUSED, "s4 is joining"));
        assertThat(run("remove", "s1")).isEqualTo(1);
        assertThat(err.toString())
                .contains("error MEMBERSHIP_REFUSED: " + cluster.address("s1") + ": s4 is joining")
                .contains("do: resolve what it names, then ask again (gemel cluster list); nothing was done");
        assertThat(cluster.standing("s1")).isEqualTo(Standing.VOTER);
    }

    @Test
    void removeSaysWhoIsLeft() {
        assertThat(run("remove", "s3")).isZero();
        assertThat(out.toString())
                .isEqualTo("s3 is removed; members: s1, s2. Stop it if it runs, and delete its data.\n");
    }

    @Test
    void replaceAddsThenRemovesAndMayBeRepeated() {
        cluster.starts("s4");

        assertThat(run("replace", "s3", "s4=127.0.0.1:3/2/1", "-o", "json")).isZero();
        assertThat(ids(json())).containsExactly("s1 voter", "s2 voter", "s4 voter");
        assertThat(run("replace", "s3", "s4=127.0.0.1:3/2/1")).isZero();
        assertThat(out.toString()).contains("s3 is removed; members: s1, s2, s4");
    }

    @Test
    void replaceRemovesNobodyBeforeTheNewOneVotes() {
        assertThat(run("replace", "s3", "s4=127.0.0.1:3/2/1", "--timeout=1")).isEqualTo(1);
        assertThat(cluster.standing("s3")).isEqualTo(Standing.VOTER);

        assertThat(run("replace", "s9", "s5=127.0.0.1:6/5/4")).isEqualTo(1);
        assertThat(err.toString()).contains("error BAD_REQUEST: OLD: 's9' is not a member");
        assertThat(run("replace", "s3", "s3=127.0.0.1:6/5/4")).isEqualTo(2);
        assertThat(cluster.added).doesNotContain(new Member("s5", "127.0.0.1", 4, 5, 6));
    }

    @Test
    void theLeadershipGoesToWhoIsNamedOrToWhoIsBest() {
        assertThat(run("transfer-leader", "s3")).isZero();
        assertThat(out.toString()).isEqualTo("s3 leads\n");
        assertThat(run("transfer-leader", "-o", "json")).isZero();
        assertThat(json().get("leader").getAsString()).isEqualTo("s2");
    }

    @Test
    void aRecoveryIsOnlyShownUntilItIsConfirmed() {
        cluster.onlyLives("s2", "s3");

        assertThat(runAt("s2", "recover", "--keep=s2,s3")).isZero();
        assertThat(out.toString())
                .contains("Nothing is done yet.")
                .contains("s3 has most, up to index 151 in term 4; the others that stay follow it.")
                .contains("Lost: every persistent write that only s1 had, acknowledged or not.")
                .contains("Would be removed: s1. Never start it again with that data: delete it.")
                .contains("the same command with --yes");
        assertThat(cluster.recovered).isEmpty();

        assertThat(runAt("s2", "recover", "--keep=s2,s3", "--yes", "-o", "json"))
                .isZero();
        assertThat(cluster.recovered).as("whoever has most goes first").containsExactly("s3", "s2");
        assertThat(json().get("done").getAsBoolean()).isTrue();
        assertThat(json().getAsJsonArray("lost").get(0).getAsString()).isEqualTo("s1");
        assertThat(err.toString()).contains("s3 leads in term 4");
    }

    @Test
    void aRecoveryIsRefusedIfOneOfThoseToKeepIsUnknownOrSilent() {
        cluster.onlyLives("s2");

        assertThat(runAt("s2", "recover", "--keep=s2,s9", "--yes")).isEqualTo(1);
        assertThat(err.toString())
                .contains("error BAD_REQUEST: --keep: 's9' is not a member (expected: some of s1, s2, s3)");
        assertThat(runAt("s2", "recover", "--keep=s2,s3", "--yes")).isEqualTo(3);
        assertThat(err.toString()).contains("error UNAVAILABLE: " + cluster.address("s3"));
        assertThat(cluster.recovered).isEmpty();
        assertThat(runAt("s2", "recover")).isEqualTo(2);
    }

    @Test
    void whatIsNoMemberIsWrongUsage() {
        for (String bad : List.of("s4", "s4=h", "s4=h:1", "s4=h:1/2", "s4=h:1/2/70000", "s4=h:1/1/2", "a,b=h:8848")) {
            assertThat(run("add", bad)).as(bad).isEqualTo(2);
            assertThat(err.toString()).as(bad).contains("'" + bad + "' (");
        }
        assertThat(run("list", "--timeout=0")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(cluster.added).isEmpty();
    }

    @Test
    void withoutAServerTheExitCodeSaysSo() {
        cluster.close();

        assertThat(run("list")).isEqualTo(3);
        assertThat(err.toString()).startsWith("error UNAVAILABLE: " + cluster.address("s1") + ": no connection");
    }

    private int run(String... arguments) {
        return runAt("s1", arguments);
    }

    private int runAt(String server, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("cluster"));
        all.addAll(List.of(arguments));
        if (arguments.length > 0) {
            all.add("--server=" + cluster.address(server));
        }
        CommandLine commandLine = Refusals.install(GemelCommand.commandLine());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(all.toArray(String[]::new));
    }

    private JsonObject json() {
        return JsonParser.parseString(out.toString()).getAsJsonObject();
    }

    private static List<String> ids(JsonObject json) {
        JsonArray members = json.getAsJsonArray("members");
        List<String> ids = new ArrayList<>();
        members.forEach(member -> ids.add(member.getAsJsonObject().get("id").getAsString() + " "
                + member.getAsJsonObject().get("standing").getAsString()));
        return ids;
    }

    private List<String> rows() {
        return out.toString()
                .lines()
                .skip(2)
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }
}
