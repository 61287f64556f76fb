package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.consistency.wire.StandingResponse;
import io.gemel.consistency.wire.StandingResponse.Standing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {
    private static final Set<String> PEERS = Set.of("s2", "s3");

    @TempDir
    Path directory;

    @Test
    void aMemberOfOldIsNotAsked() throws IOException {
        Admission admission = open(PEERS, false);

        assertThat(admission.unknown()).isEmpty();
        assertThat(admission.votes(1)).isTrue();
        assertThat(admission.accepts(0)).isTrue();
        assertThat(admission.standing(7).getStanding()).isEqualTo(Standing.STANDING_MEMBER);
    }

    @Test
    void whoIsAloneNeedsNobody() throws IOException {
        assertThat(open(Set.of(), true).stands()).isTrue();
    }

    @Test
    void aNewMemberTakesNoPartBeforeAllOthersSaidThatTheyAreNewToo() throws IOException {
        Admission admission = open(PEERS, true);
        admission.heard("s2", answer(Standing.STANDING_NEW, 0));
        assertThat(admission.stands()).isFalse();
        assertThat(admission.votes(1)).isFalse();
        assertThat(admission.accepts(9)).isFalse();
        assertThat(admission.waitsFor().orElseThrow()).contains("no answer from s3", "s2 is new");

        admission.heard("s3", answer(Standing.STANDING_NEW, 0));
        assertThat(admission.stands()).isTrue();
        assertThat(admission.votes(1)).isTrue();
        assertThat(admission.waitsFor()).isEmpty();
        // The others may still have to find out.
        assertThat(admission.standing(0).getStanding()).isEqualTo(Standing.STANDING_NEW);
    }

    @Test
    void aFounderThatIsStartedAgainBeforeAnythingHappenedStaysOne() throws IOException {
        Admission admission = open(PEERS, true);
        admission.heard("s2", answer(Standing.STANDING_NEW, 0));
        admission.heard("s3", answer(Standing.STANDING_NEW, 0));

        assertThat(open(PEERS, true).stands()).isTrue();
    }

    @Test
    void oneMemberThatKnowsBetterMakesTheClusterAnOldOne() throws IOException {
        Admission admission = open(PEERS, true);
        admission.heard("s2", answer(Standing.STANDING_NEW, 0));
        admission.heard("s3", answer(Standing.STANDING_MEMBER, 4));

        assertThat(admission.stands()).isFalse();
        assertThat(admission.accepts(9)).isFalse();
    }

    @Test
    void aWipedMemberFollowsNoOlderTermAndVotesOnlyOnceItHasAll() throws IOException {
        Admission admission = open(PEERS, true);
        admission.heard("s2", answer(Standing.STANDING_MEMBER, 4));
        assertThat(admission.accepts(9)).isFalse();
        admission.heard("s3", answer(Standing.STANDING_MEMBER, 6));

        assertThat(admission.accepts(5)).isFalse();
        assertThat(admission.termLeast()).isEqualTo(6);
        assertThat(admission.accepts(6)).isTrue();
        assertThat(admission.votes(7)).isFalse();
        assertThat(admission.stands()).isFalse();
        assertThat(admission.standing(6).getStanding()).isEqualTo(Standing.STANDING_REJOINING);

        admission.complete(7);
        assertThat(admission.votes(7)).as("it may have voted in it before").isFalse();
        assertThat(admission.votes(8)).isTrue();
        assertThat(admission.stands()).isTrue();
        assertThat(open(PEERS, false).votes(7)).isFalse();
        assertThat(open(PEERS, false).votes(8)).isTrue();
    }

    @Test
    void aWipedMemberThatIsStartedAgainAsksAgain() throws IOException {
        Admission admission = open(PEERS, true);
        admission.heard("s2", answer(Standing.STANDING_MEMBER, 4));
        admission.heard("s3", answer(Standing.STANDING_MEMBER, 4));

        // By now it has a log and a term, so its other files look as those of a member.
        Admission again = open(PEERS, false);
        assertThat(again.unknown()).isEqualTo(PEERS);
        assertThat(again.accepts(9)).isFalse();
        again.heard("s2", answer(Standing.STANDING_NEW, 0));
        again.heard("s3", answer(Standing.STANDING_NEW, 0));
        assertThat(again.stands()).as("a cluster that was old is not new").isFalse();
    }

    @Test
    void ofFiveMembersThreeOthersMustKnowTheTerm() throws IOException {
        Admission admission = open(Set.of("s2", "s3", "s4", "s5"), true);
        admission.heard("s2", answer(Standing.STANDING_MEMBER, 4));
        admission.heard("s3", answer(Standing.STANDING_MEMBER, 4));
        admission.heard("s4", answer(Standing.STANDING_REJOINING, 9));
        assertThat(admission.accepts(9)).as("who forgot as well says nothing").isFalse();

        admission.heard("s5", answer(Standing.STANDING_MEMBER, 3));
        assertThat(admission.accepts(4)).isTrue();
    }

    @Test
    void whoIsNoPeerSaysNothing() throws IOException {
        Admission admission = open(Set.of("s2"), true);
        admission.heard("s9", answer(Standing.STANDING_NEW, 0));

        assertThat(admission.stands()).isFalse();
    }

    @Test
    void aDamagedFileIsFound() throws IOException {
        Admission admission = open(Set.of("s2"), true);
        admission.heard("s2", answer(Standing.STANDING_NEW, 0));
        Path file = directory.resolve("raft.standing");
        byte[] good = Files.readAllBytes(file);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            assertThatThrownBy(() -> open(Set.of("s2"), true))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    private static StandingResponse answer(Standing standing, long term) {
        return StandingResponse.newBuilder().setStanding(standing).setTerm(term).build();
    }

    private Admission open(Set<String> voters, boolean blank) throws IOException {
        return Admission.open(directory, () -> voters, blank, false);
    }
}
