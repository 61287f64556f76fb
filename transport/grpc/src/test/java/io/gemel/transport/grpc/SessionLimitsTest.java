package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.ClientMessage;
import io.gemel.transport.grpc.v1.Open;
import io.gemel.transport.grpc.v1.ServerMessage;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionLimitsTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 80);

    private final OneNode node = new OneNode();

    @AfterEach
    void stop() {
        node.close();
        assertThat(node.failures).isEmpty();
    }

    @Test
    void theLimitOfSessionsIsToldAsOverload() {
        for (int i = 0; i < OneNode.SESSIONS_MAX; i++) {
            node.open();
        }
        StreamClient tooMany = new StreamClient(node.connect());
        long id = tooMany.send(ClientMessage.newBuilder().setOpen(Open.getDefaultInstance()));

        assertThat(tooMany.answer(id).getError().getCode()).isEqualTo("OVERLOADED");
        assertThat(tooMany.end.join().status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void watchesAreLimited() {
        StreamClient client = node.open();
        long last = 0;
        for (int i = 0; i < OneNode.WATCHES_MAX; i++) {
            last = client.watch(ServiceId.of("s" + i));
        }
        assertThat(client.answer(last).hasDone()).isTrue();

        assertThat(client.answer(client.watch(ORDERS)).getError().getCode()).isEqualTo("OVERLOADED");
        assertThat(client.answer(client.watch(ServiceId.of("s1"))).hasDone()).isTrue();
        client.answer(client.unwatch(ServiceId.of("s1")));
        assertThat(client.answer(client.watch(ORDERS)).hasDone()).isTrue();
    }

    @Test
    void noMoreRequestsAreReadThanMayWaitForAnswers() {
        AtomicInteger reached = new AtomicInteger();
        List<CompletableFuture<Written>> writes = new ArrayList<>();
        node.consistency.insteadOfRegistering(() -> {
            CompletableFuture<Written> write = new CompletableFuture<>();
            synchronized (writes) {
                writes.add(write);
            }
            reached.incrementAndGet();
            return write;
        });
        StreamClient client = node.open();
        long last = 0;
        for (int i = 0; i < 3 * SessionStream.IN_FLIGHT_MAX; i++) {
            last = client.register(ORDERS, A);
        }
        int readable = SessionStream.IN_FLIGHT_MAX - SessionStream.BATCH_MAX + 1;
        await().untilAsserted(() -> assertThat(reached).hasValue(readable));
        await().during(200, TimeUnit.MILLISECONDS)
                .untilAsserted(() -> assertThat(reached).hasValue(readable));

        await().untilAsserted(() -> {
            synchronized (writes) {
                writes.forEach(write -> write.complete(new Written(1)));
            }
            assertThat(reached).hasValue(3 * SessionStream.IN_FLIGHT_MAX);
        });
        synchronized (writes) {
            writes.forEach(write -> write.complete(new Written(1)));
        }
        assertThat(client.answer(last).hasDone()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadGetsTheNewestViewInTheEndAndHarmsNobody() {
        StreamClient slow = node.open();
        slow.next(ServerMessage::hasMembers);
        slow.answer(slow.watch(ORDERS));
        slow.view();
        slow.stopReading();
        StreamClient quick = node.open();
        quick.answer(quick.watch(ORDERS));
        StreamClient client = node.open();
        int changes = 300;
        for (int i = 1; i <= changes; i++) {
            Instance large = A.withMetadata(Map.of("n", String.valueOf(i), "filler", "x".repeat(15_000)));
            assertThat(client.answer(client.register(ORDERS, large)).hasDone()).isTrue();
        }
        awaitVersion(quick, changes);

        slow.readOn();
        int views = awaitVersion(slow, changes);
        // What was on its way before the client's window was full, and then the newest.
        assertThat(views).isLessThan(changes);
    }

    @Test
    void aClientThatNeverReadsIsCutOffAndOthersGoOn() {
        StreamClient stuck = node.open();
        stuck.next(ServerMessage::hasMembers);
        assertThat(stuck.answer(stuck.register(ORDERS, A)).hasDone()).isTrue();
        stuck.answer(stuck.watch(ServiceId.of("busy")));
        stuck.view();
        stuck.stopReading();
        StreamClient quick = node.open();
        quick.answer(quick.watch(ServiceId.of("busy")));
        StreamClient client = node.open();
        for (int i = 1; i <= 100; i++) {
            Instance large = A.withMetadata(Map.of("n", String.valueOf(i), "filler", "x".repeat(15_000)));
            assertThat(client.answer(client.register(ServiceId.of("busy"), large))
                            .hasDone())
                    .isTrue();
        }
        awaitVersion(quick, 100);
        for (int i = 1; i < RegistryDoor.STUCK_CHECKS; i++) {
            node.door.cutOffStuck();
        }
        assertThat(node.naming.sessions().size()).isEqualTo(3);

        node.door.cutOffStuck();
        node.afterTheResumeWindow();

        await().untilAsserted(() -> assertThat(node.index.view(ORDERS).instances())
                .as("its session is lost, and nobody resumes it")
                .isEmpty());
        assertThat(client.answer(client.register(ORDERS, A)).hasDone()).isTrue();
    }

    private int awaitVersion(StreamClient client, int version) {
        for (int views = 1; ; views++) {
            List<Instance> instances = client.view().instances();
            if (!instances.isEmpty()
                    && String.valueOf(version)
                            .equals(instances.get(0).metadata().get("n"))) {
                return views;
            }
        }
    }
}
