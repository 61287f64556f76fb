package io.gemel.transport.nacos;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.Precondition;
import io.gemel.naming.Publisher;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.transport.nacos.payload.Payload;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an overloaded push loop refuses is as if it had not been asked. */
final class NamingCallsTest {
    private final LoneConnection node = new LoneConnection();
    private final NamingCalls calls = new NamingCalls(node.naming, node.times);

    private CompletableFuture<Payload> subscribe(String service, String clusters) {
        String json = "{\"serviceName\":\"%s\",\"clusters\":\"%s\"}".formatted(service, clusters);
        NacosCall call = requireNonNull(calls.all().get("SubscribeServiceRequest"));
        return call.handler()
                .answer(new NacosCall.Request(
                        node.connection, call.answerType(), JsonObject.parse(ByteString.copyFromUtf8(json))));
    }

    private void overload() {
        for (int i = 0; i < LoneConnection.PUSH_TASKS_MAX; i++) {
            node.push.execute(() -> {});
        }
    }

    private void refused(String service, String clusters) {
        assertThatThrownBy(() -> subscribe(service, clusters))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.OVERLOADED));
    }

    @Test
    void aSubscriptionThatIsRefusedForOverloadTakesNoPlace() {
        overload();
        for (int i = 0; i < Pushes.SUBSCRIPTIONS_MAX; i++) {
            refused("orders-" + i, "");
        }
        node.push.runAll();
        assertThat(subscribe("orders", "")).isCompleted();
    }

    @Test
    void aSubscriptionThatIsRefusedForOverloadLeavesTheFormerOneAsItWas() {
        assertThat(subscribe("orders", "east")).isCompleted();
        node.push.runAll();
        overload();
        refused("orders", "west");

        var unused = node.naming.register(
                ServiceId.of("orders"),
                List.of(Instance.persistent("10.0.0.1", 80).withCluster("east")),
                Publisher.NONE,
                Precondition.NONE);
        node.loop.runAll();
        node.push.runAll();
        assertThat(node.stream.sent).last().asString().contains("\"clusters\":\"east\"", "10.0.0.1");
    }
}
