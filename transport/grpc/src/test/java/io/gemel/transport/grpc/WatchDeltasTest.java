package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.OperatorGrpc;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.ServiceSettings;
import io.gemel.transport.grpc.v1.SetServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A watcher with deltas is sent a whole view and then what changes, and can tell that it has what the server has. */
class WatchDeltasTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 80);
    private static final Instance C = Instance.ephemeral("10.0.0.3", 80);

    private final OneNode node = new OneNode();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void afterAWholeViewTheChangesCome() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A, B));
        StreamClient watcher = node.open();
        watcher.answer(watcher.watchDeltas(ORDERS));
        ServiceView first = watcher.view();

        client.answer(client.register(ORDERS, C));
        ViewDelta added = delta(watcher);
        client.answer(client.send(
                ClientMessage.newBuilder().setDeregister(Codec.deregisterRequest(ORDERS, List.of(A.key())))));
        ViewDelta removed = delta(watcher);

        ServiceView second = added.appliedTo(first).orElseThrow();
        assertThat(second.instances()).containsExactly(A, B, C);
        ServiceView third = removed.appliedTo(second).orElseThrow();
        assertThat(third.instances()).containsExactly(B, C);
        assertThat(third.revision()).isEqualTo(node.index.view(ORDERS).revision());
    }

    @Test
    void whatOperatorsSetComesAsAChangeToo() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A, B.withHealthy(false)));
        StreamClient watcher = node.open();
        watcher.answer(watcher.watchDeltas(ORDERS));
        ServiceView first = watcher.view();

        ServiceSettings.Builder settings =
                ServiceSettings.newBuilder().setProtectionThreshold(0.7).putMetadata("team", "blue");
        var unused = OperatorGrpc.newBlockingStub(node.connect())
                .setService(SetServiceRequest.newBuilder()
                        .setService(Codec.encode(ORDERS))
                        .setSettings(settings)
                        .build());

        ServiceView second = delta(watcher).appliedTo(first).orElseThrow();
        assertThat(second.metadata()).isEqualTo(Map.of("team", "blue"));
        assertThat(second.protectionReached()).isTrue();
        assertThat(second.instances()).isEqualTo(first.instances());
    }

    @Test
    void aWatcherThatAsksForNoDeltasIsSentWholeViews() {
        StreamClient watcher = node.open();
        watcher.answer(watcher.watch(ORDERS));
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A, B));
        client.answer(client.register(ORDERS, C));

        ServerMessage told = watcher.told();
        while (!told.hasView() || Codec.decode(told.getView()).instances().size() < 3) {
            assertThat(told.hasViewDelta()).isFalse();
            told = watcher.told();
        }
    }

    @Test
    void whoIsOutOfStepWatchesAnewAndIsSentTheWholeView() {
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, A, B));
        StreamClient watcher = node.open();
        watcher.answer(watcher.watchDeltas(ORDERS));
        watcher.view();
        client.answer(client.register(ORDERS, C));
        ViewDelta missed = delta(watcher);

        watcher.answer(watcher.watchDeltas(ORDERS));
        ServiceView whole = watcher.view();
        assertThat(whole.revision()).isEqualTo(missed.revision());
        assertThat(whole.instances()).containsExactly(A, B, C);

        client.answer(client.register(ORDERS, A.withWeight(2)));
        assertThat(delta(watcher).appliedTo(whole).orElseThrow().instances()).containsExactly(A.withWeight(2), B, C);
    }

    @Test
    void aWatcherThatDoesNotReadIsSentOneWayOverAllThatItMissed() {
        List<Instance> many = IntStream.rangeClosed(1, 200)
                .mapToObj(i -> Instance.ephemeral("10.0.0.9", i))
                .toList();
        StreamClient client = node.open();
        client.answer(client.register(ORDERS, many.toArray(Instance[]::new)));
        StreamClient slow = node.open();
        slow.next(ServerMessage::hasMembers);
        slow.answer(slow.watchDeltas(ORDERS));
        ServiceView has = slow.view();
        slow.stopReading();

        int changes = 300;
        for (int i = 1; i <= changes; i++) {
            Instance large = A.withMetadata(Map.of("n", String.valueOf(i), "filler", "x".repeat(15_000)));
            assertThat(client.answer(client.register(ORDERS, large)).hasDone()).isTrue();
        }
        slow.readOn();

        List<ViewDelta> deltas = new ArrayList<>();
        while (has.find(A.key())
                .filter(found -> "300".equals(found.instance().metadata().get("n")))
                .isEmpty()) {
            ViewDelta delta = delta(slow);
            deltas.add(delta);
            has = delta.appliedTo(has).orElseThrow();
        }
        // What was on its way before the client's window was full, and then the newest.
        assertThat(deltas).hasSizeLessThan(changes);
        assertThat(has.revision()).isEqualTo(node.index.view(ORDERS).revision());
        assertThat(has.instances()).hasSize(201);
    }

    @Test
    void aChangeInAServiceOfTenThousandInstancesCostsLessThanAKibibyte() {
        StreamClient client = node.open();
        for (int batch = 0; batch < 10; batch++) {
            int third = batch;
            client.answer(client.register(
                    ORDERS,
                    IntStream.rangeClosed(1, 1_000)
                            .mapToObj(i -> instance("10.0." + third + ".1", i, "1"))
                            .toArray(Instance[]::new)));
        }
        StreamClient watcher = node.open();
        watcher.answer(watcher.watchDeltas(ORDERS));
        ServerMessage whole = watcher.told();
        ServiceView has = Codec.decode(whole.getView());
        assertThat(has.instances()).hasSize(10_000);

        client.answer(client.register(ORDERS, instance("10.0.5.1", 500, "2")));
        ServerMessage change = watcher.told();

        assertThat(whole.getSerializedSize()).isGreaterThan(500_000);
        assertThat(change.getSerializedSize()).isLessThan(1_024);
        has = DeltaCodec.decode(change.getViewDelta()).appliedTo(has).orElseThrow();
        assertThat(has.instances()).isEqualTo(node.index.view(ORDERS).instances());
    }

    private static Instance instance(String ip, int port, String version) {
        return Instance.ephemeral(ip, port)
                .withMetadata(Map.of("version", version, "zone", "zone-a", "commit", "0123456789"));
    }

    private static ViewDelta delta(StreamClient watcher) {
        ServerMessage told = watcher.told();
        assertThat(told.hasViewDelta()).as("%s", told.getMessageCase()).isTrue();
        return DeltaCodec.decode(told.getViewDelta());
    }
}
