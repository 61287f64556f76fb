package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the state machine does beside applying must not look like a failure to apply. */
class CommitNewsTest {
    private final AtomicInteger rounds = new AtomicInteger();

    @Test
    void aLeaderThatStopsWhileItAppliesIsNoFailure() {
        Node stopping = (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("isLeader")) {
                        return true;
                    }
                    throw new IllegalStateException("The node is not active, current state: STATE_SHUTTING");
                });

        assertThatCode(() -> new CommitNews(() -> false).applied(stopping, 7)).doesNotThrowAnyException();
    }

    @Test
    void followersAreToldTwiceOfTheLastEntry() {
        new CommitNews(() -> false).applied(leader(7), 7);

        assertThat(rounds).hasValue(2);
    }

    @Test
    void anEntryThatFollowsTellsFollowersByItself() {
        new CommitNews(() -> true).applied(leader(7), 7); // on its way to the log
        new CommitNews(() -> false).applied(leader(8), 7); // in the log

        assertThat(rounds).hasValue(0);
    }

    private Node leader(long lastLogIndex) {
        return (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("readIndex")) {
                        rounds.incrementAndGet();
                        ((ReadIndexClosure) arguments[1]).run(Status.OK(), lastLogIndex, new byte[0]);
                    }
                    return method.getName().equals("isLeader") ? (Object) true : (Object) lastLogIndex;
                });
    }
}
