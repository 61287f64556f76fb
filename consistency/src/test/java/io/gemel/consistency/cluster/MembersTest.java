package io.gemel.consistency.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.Member;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MembersTest {
    private static final Member ONE = new Member("s1", "host1", 1, 2, 3);
    private static final Member TWO = new Member("s2", "host2", 1, 2, 3);
    private static final Member THREE = new Member("s3", "host3", 1, 2, 3);

    private final Members members = new Members("s1", List.of(ONE, TWO));

    @Test
    void aNodeMustBeAmongThoseItStartsWith() {
        assertThatThrownBy(() -> new Members("s3", List.of(ONE, TWO)))
                .hasMessage("members: no 's3' (expected: this node among them)");
    }

    @Test
    void aNewMemberIsAPeerAtOnceAndVotesOnceItIsNoLearner() {
        members.become(List.of(ONE, TWO, THREE), Set.of("s3"));

        assertThat(members.peers()).containsExactly(TWO, THREE);
        assertThat(members.peer("s3")).contains(THREE);
        assertThat(members.voters()).containsExactly(ONE, TWO);

        members.become(List.of(ONE, TWO, THREE), Set.of());

        assertThat(members.voters()).containsExactly(ONE, TWO, THREE);
    }

    @Test
    void aNodeThatWasRemovedKnowsTheOthersAndItself() {
        members.become(List.of(TWO, THREE), Set.of());

        assertThat(members.present()).isFalse();
        assertThat(members.self()).isEqualTo(ONE);
        assertThat(members.find("s1")).isEmpty();
        assertThat(members.peers()).containsExactly(TWO, THREE);
    }

    @Test
    void aNodeIsNoPeerOfItselfEvenIfItsAgreedAddressIsAnother() {
        Member elsewhere = new Member("s1", "host9", 1, 2, 3);
        members.become(List.of(elsewhere, TWO), Set.of());

        assertThat(members.peers()).containsExactly(TWO);
        assertThat(members.peer("s1")).isEmpty();
        assertThat(members.self()).isEqualTo(ONE);
        assertThat(members.find("s1")).contains(elsewhere);
    }

    @Test
    void whoIsNoMemberIsNoLearnerThatCounts() {
        members.become(List.of(ONE, TWO), Set.of("s9"));

        assertThat(members.voters()).containsExactly(ONE, TWO);
    }
}
