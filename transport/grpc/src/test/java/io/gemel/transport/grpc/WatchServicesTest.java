package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePattern;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.gemel.transport.grpc.v1.UnwatchServices;
import io.gemel.transport.grpc.v1.WatchServices;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that follows the names of services is sent all, then what comes and goes. */
class WatchServicesTest {
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);
    private static final ServicePattern ORDERS = new ServicePattern("public", "", "orders");
    private static final ServicePattern ALL = new ServicePattern("public", "", "");

    private final OneNode node = new OneNode();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void allNamesComeFirstAndThenWhatIsAddedAndRemoved() {
        StreamClient client = node.open();
        client.answer(client.register(ServiceId.of("orders-eu"), A));
        client.answer(client.register(ServiceId.of("bills"), A));
        StreamClient watcher = node.open();
        watcher.answer(watcher.watchServices(ORDERS));

        NamesCodec.Part all = watcher.names();
        assertThat(all.change().fromRevision()).isEmpty();
        assertThat(all.change().added()).containsExactly(ServiceId.of("orders-eu"));
        assertThat(all.more()).isFalse();

        client.answer(client.register(ServiceId.of("orders-us"), A));
        NamesCodec.Part added = watcher.names();
        assertThat(added.change().fromRevision()).contains(all.change().revision());
        assertThat(added.change().added()).containsExactly(ServiceId.of("orders-us"));
        assertThat(added.change().total()).isEqualTo(2);

        client.answer(client.register(ServiceId.of("orders-asia"), A));
        watcher.names();
        client.answer(client.send(ClientMessage.newBuilder()
                .setDeregister(Codec.deregisterRequest(ServiceId.of("orders-eu"), List.of(A.key())))));
        NamesCodec.Part removed = watcher.names();
        assertThat(removed.change().removed()).containsExactly(ServiceId.of("orders-eu"));
        assertThat(removed.change().total()).isEqualTo(2);
    }

    @Test
    void manyNamesComeInPartsAndASlowReaderIsSentWhatChangedMeanwhileAtOnce() {
        StreamClient client = node.open();
        long last = 0;
        int services = 3_000;
        for (int i = 0; i < services; i++) {
            last = client.register(ServiceId.of("s" + i), A);
        }
        assertThat(client.answer(last).hasDone()).isTrue();
        StreamClient watcher = node.open();
        watcher.next(ServerMessage::hasMembers);
        watcher.answer(watcher.watchServices(ALL));
        TreeSet<ServiceId> has = new TreeSet<>();
        assertThat(gather(watcher, has)).isEqualTo(6);
        assertThat(has).hasSize(services);

        for (int i = 0; i < 100; i++) {
            client.answer(client.register(ServiceId.of("t" + i), A));
        }
        while (has.size() < services + 100) {
            gather(watcher, has);
        }
        assertThat(has).contains(ServiceId.of("t99"));
    }

    @Test
    void whoWatchesAnewIsSentAllNamesOnceMore() {
        StreamClient client = node.open();
        client.answer(client.register(ServiceId.of("orders"), A));
        StreamClient watcher = node.open();
        watcher.answer(watcher.watchServices(ORDERS));
        watcher.names();
        watcher.answer(watcher.watchServices(ORDERS));

        NamesCodec.Part again = watcher.names();
        assertThat(again.change().fromRevision()).isEmpty();
        assertThat(again.change().added()).containsExactly(ServiceId.of("orders"));
    }

    @Test
    void nothingIsSentAfterUnwatch() {
        StreamClient watcher = node.open();
        watcher.next(ServerMessage::hasMembers);
        watcher.answer(watcher.watchServices(ORDERS));
        watcher.names();
        watcher.answer(watcher.send(ClientMessage.newBuilder()
                .setUnwatchServices(UnwatchServices.newBuilder().setPattern(NamesCodec.encode(ORDERS)))));

        StreamClient client = node.open();
        client.answer(client.watchServices(ORDERS));
        client.names();
        client.answer(client.register(ServiceId.of("orders"), A));
        client.names();
        watcher.answer(watcher.ping());
        watcher.hasNothingElse();
    }

    @Test
    void patternsAreLimitedAndMustBePatterns() {
        StreamClient client = node.open();
        for (int i = 0; i < NamesOutbox.PATTERNS_MAX; i++) {
            assertThat(client.answer(client.watchServices(new ServicePattern("public", "", "s" + i)))
                            .hasDone())
                    .isTrue();
        }
        assertThat(client.answer(client.watchServices(ORDERS)).getError())
                .satisfies(error -> assertThat(error.getCode()).isEqualTo("OVERLOADED"))
                .satisfies(error -> assertThat(error.getCause()).contains("100 patterns"));
        assertThat(client.answer(client.watchServices(new ServicePattern("public", "", "s1")))
                        .hasDone())
                .isTrue();

        var wrong = io.gemel.transport.grpc.v1.ServicePattern.newBuilder().setNamePrefix("a b");
        long id = client.send(ClientMessage.newBuilder()
                .setWatchServices(WatchServices.newBuilder().setPattern(wrong)));
        assertThat(client.answer(id).getError().getCause()).contains("name_prefix");
    }

    /** Takes all parts of one change; how many there were. */
    private static int gather(StreamClient watcher, Set<ServiceId> has) {
        for (int parts = 0; ; parts++) {
            NamesCodec.Part part = watcher.names();
            assertThat(part.number()).isEqualTo(parts);
            has.addAll(part.change().added());
            part.change().removed().forEach(has::remove);
            if (!part.more()) {
                assertThat(has).hasSize(part.change().total());
                return parts + 1;
            }
        }
    }
}
