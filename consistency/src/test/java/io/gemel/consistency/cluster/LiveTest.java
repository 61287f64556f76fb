package io.gemel.consistency.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.NodeStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveTest {
    @Test
    void aMajorityIsOneOfAllVotersAndLearnersCountOnNeitherSide() {
        Live two = Live.of(
                "s1",
                List.of(
                        member("s5", "alive", "learner"),
                        member("s4", "down", "voter"),
                        member("s3", "unknown", "voter"),
                        member("s2", "suspect", "voter"),
                        member("s1", "self", "voter")));
        assertThat(two).isEqualTo(new Live("s1", List.of("s1", "s2"), 4));
        assertThat(two.majority()).isEqualTo(3);
        assertThat(two.hasMajority()).isFalse();
        assertThat(new Live("s1", List.of("s1", "s2", "s4"), 4).hasMajority()).isTrue();
        assertThat(new Live("s1", List.of("s1", "s2", "s3"), 5).hasMajority()).isTrue();
        assertThat(new Live("s1", List.of("s1"), 2).hasMajority()).isFalse();
        assertThat(new Live("s1", List.of("s1"), 1).hasMajority()).isTrue();
    }

    @Test
    void whereNobodyIsKnownThereIsNoMajority() {
        assertThat(Live.NOBODY.hasMajority()).isFalse();
        assertThat(Live.of("s1", List.of()).hasMajority()).isFalse();
    }

    private static NodeStatus.Member member(String id, String state, String standing) {
        return new NodeStatus.Member(id, "10.0.0.1:9848", state, standing);
    }
}
