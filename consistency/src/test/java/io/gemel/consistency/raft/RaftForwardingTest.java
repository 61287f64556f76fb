package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.cluster.PeerChannels;
import io.gemel.naming.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftForwardingTest {
    /** A node hears that it leads, or that it ceased to, a little before or after JRaft acts on it. */
    @Test
    void aNodeForwardsNothingToItselfNorToAStranger() {
        Members members = new Members(
                "s1", List.of(new Member("s1", "127.0.0.1", 1, 1, 1), new Member("s2", "127.0.0.1", 1, 1, 1)));
        try (PeerChannels channels = new PeerChannels(members)) {
            RaftForwarding forwarding = new RaftForwarding("test", members, channels);

            assertThat(forwarding.reaches("s1")).isFalse();
            assertThat(forwarding.reaches("s9")).isFalse();
        }
    }
}
