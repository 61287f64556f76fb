package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is held is what the latest acknowledged request left, in whichever order the answers came. */
class HoldingsTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);

    private final Holdings holdings = new Holdings();

    @Test
    void aLateAnswerToAnOlderRequestChangesNothing() {
        holdings.acknowledged(2, register(A.withWeight(2)));
        holdings.acknowledged(1, register(A.withWeight(1)));
        holdings.acknowledged(4, deregister(B));
        holdings.acknowledged(3, register(B));

        assertThat(held(List.of())).containsExactly(A.withWeight(2));
    }

    @Test
    void whatWasRemovedCanBeRegisteredAgainOnceNoOlderRequestIsUnderWay() {
        holdings.acknowledged(1, register(A));
        holdings.acknowledged(2, deregister(A));
        holdings.forgetRemovedBefore(3);
        assertThat(held(List.of())).isEmpty();

        holdings.acknowledged(3, register(A));
        holdings.acknowledged(4, deregister(A));
        holdings.acknowledged(5, register(A));
        holdings.forgetRemovedBefore(6);

        assertThat(held(List.of())).containsExactly(A);
    }

    @Test
    void whatPendingRequestsRemoveIsLeftOutUnlessTheyBringItBack() {
        holdings.acknowledged(1, register(A, B));

        assertThat(held(List.of(deregister(A)))).containsExactly(B);
        assertThat(held(List.of(deregister(A), register(A)))).containsExactly(A, B);
    }

    @Test
    void aReplayOfManyIsSplitByCountAndBySize() {
        List<Instance> many = IntStream.rangeClosed(1, 1_000)
                .mapToObj(port -> Instance.ephemeral("10.0.0.1", port))
                .toList();
        holdings.acknowledged(1, new Change.Register(ORDERS, many, Publisher.NONE));
        assertThat(holdings.replay(List.of())).hasSize(2);

        List<Instance> large = many.stream()
                .map(instance -> instance.withMetadata("text", "x".repeat(16_000)))
                .toList();
        holdings.acknowledged(2, new Change.Register(ORDERS, large, Publisher.NONE));

        List<Change.Register> batches = holdings.replay(List.of());
        assertThat(batches).hasSizeGreaterThan(15);
        assertThat(batches.stream().mapToInt(batch -> batch.instances().size()).sum())
                .isEqualTo(1_000);
    }

    private List<Instance> held(List<Change> pending) {
        List<Instance> held = new ArrayList<>();
        holdings.replay(pending).forEach(batch -> held.addAll(batch.instances()));
        return held;
    }

    private static Change register(Instance... instances) {
        return new Change.Register(ORDERS, List.of(instances), Publisher.NONE);
    }

    private static Change deregister(Instance instance) {
        return new Change.Deregister(ORDERS, List.of(instance.key()), Durability.EPHEMERAL, Publisher.NONE);
    }
}
