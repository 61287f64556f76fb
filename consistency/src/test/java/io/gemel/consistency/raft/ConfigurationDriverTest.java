package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.PeerId;
import com.google.protobuf.ByteString;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.wire.RaftCommand;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Member;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How a node that has caught up comes to vote. */
class ConfigurationDriverTest {
    private static final Entry LEADER = new Entry(member("s1", 1), Standing.VOTER);
    private static final Entry NEW = new Entry(member("s2", 4), Standing.CAUGHT_UP);

    private final ManualTicker ticker = new ManualTicker();
    private final Leadership leadership = new Leadership("s1");
    private final AgreedMembers agreed = new AgreedMembers(new Members("s1", List.of(LEADER.member())), List.of());
    private final List<ByteString> proposed = new ArrayList<>();
    private final List<Closure> adding = new ArrayList<>();
    private final ConfigurationDriver driver =
            new ConfigurationDriver(ticker, leadership, agreed, "s1", List.of(LEADER.member()), command -> {
                proposed.add(command);
                return new CompletableFuture<>();
            });

    @BeforeEach
    void aNodeHasCaughtUp() {
        leadership.lead(1);
        agreed.started(new ClusterMembers(7, List.of(LEADER, NEW)));
    }

    @Test
    void aNewVoterFromWhichJraftHearsNothingMoreIsSentAnEntryOnce() throws Exception {
        pass(Duration.ofMillis(900));
        assertThat(adding).hasSize(1);
        assertThat(proposed).isEmpty();

        pass(Duration.ofSeconds(3));

        assertThat(adding).hasSize(1);
        assertThat(proposed).hasSize(1);
        ClusterMembers after = MembersCodec.changed(
                agreed.now(), RaftCommand.parseFrom(proposed.get(0)).getMembers(), 8);
        assertThat(after.entries())
                .as("which changes nothing")
                .isEqualTo(agreed.now().entries());
    }

    @Test
    void anAttemptThatEndsInTimeNeedsNone() {
        for (int i = 0; i < 20; i++) {
            pass(Duration.ofMillis(500));
            adding.get(i).run(new Status(-1, "not reached"));
        }
        assertThat(proposed).isEmpty();
    }

    private void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 100) {
            driver.tick(new RaftMembers(node()), Runnable::run);
            ticker.advance(Duration.ofMillis(100));
        }
    }

    /** Leads alone, and lets {@link #adding} wait for who is to vote. */
    private Node node() {
        return (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, (node, asked, given) -> {
                    switch (asked.getName()) {
                        case "listPeers", "listAlivePeers" -> {
                            return List.of(RaftPeers.peerId("s1"));
                        }
                        case "listLearners" -> {
                            return List.<PeerId>of();
                        }
                        case "addPeer" -> {
                            adding.add((Closure) given[1]);
                            return null;
                        }
                        default -> throw new IllegalArgumentException(asked.toString());
                    }
                });
    }

    private static Member member(String id, int port) {
        return new Member(id, "127.0.0.1", port, port + 1, port + 2);
    }
}
