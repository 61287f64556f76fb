package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.alipay.sofa.jraft.Node;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** What the state machine does beside applying must not look like a failure to apply. */
class CommitNewsTest {
    @Test
    void aLeaderThatStopsWhileItAppliesIsNoFailure() {
        Node stopping = (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("isLeader")) {
                        return true;
                    }
                    throw new IllegalStateException("The node is not active, current state: STATE_SHUTTING");
                });

        assertThatCode(() -> new CommitNews().applied(stopping, 7)).doesNotThrowAnyException();
    }
}
