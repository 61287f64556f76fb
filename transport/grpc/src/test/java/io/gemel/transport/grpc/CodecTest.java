package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServicePage;
import io.gemel.naming.ServiceView;
import io.gemel.naming.Written;
import io.gemel.transport.grpc.v1.FindRequest;
import io.gemel.transport.grpc.v1.RegisterRequest;
import io.gemel.transport.grpc.v1.WriteResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
    private static final ServiceId ORDERS = new ServiceId("prod", "shop", "orders");
    private static final Instance PLAIN = Instance.ephemeral("10.0.0.1", 80);
    private static final Instance SPECIAL = Instance.persistent("fe80::1", 65_535)
            .withCluster("zone-a")
            .withWeight(0)
            .withEnabled(false)
            .withHealthy(false)
            .withMetadata(Map.of("version", "2", "ü", "ö"));

    @Test
    void valuesComeBackAsTheyWere() {
        assertThat(Codec.decode(Codec.encode(ORDERS))).isEqualTo(ORDERS);
        for (Instance instance : List.of(PLAIN, SPECIAL)) {
            assertThat(Codec.decode(Codec.encode(instance))).isEqualTo(instance);
            assertThat(Codec.decode(Codec.encode(instance.key()))).isEqualTo(instance.key());
        }
        assertThat(StatusCodec.decode(StatusCodec.encode(OneNode.STATUS))).isEqualTo(OneNode.STATUS);
        assertThat(Codec.decode(Codec.encode(new Written(5)))).isEqualTo(new Written(5));
        ServicePage page = new ServicePage(List.of(ORDERS, ServiceId.of("a")), true);
        assertThat(Codec.decode(Codec.encode(page))).isEqualTo(page);
    }

    @Test
    void aViewComesBackWithItsRevisions() {
        ServiceView view = new ServiceView(
                ORDERS, 9, List.of(new Registration(PLAIN, 0), new Registration(SPECIAL, 7, false, true, true)));
        ServiceView back = Codec.decode(Codec.encode(view));

        assertThat(back.service()).isEqualTo(ORDERS);
        assertThat(back.revision()).isEqualTo(9);
        assertThat(back.registrations()).isEqualTo(view.registrations());
    }

    @Test
    void requestsComeBackAsTheyWere() {
        RegisterRequest register = Codec.registerRequest(ORDERS, List.of(PLAIN, SPECIAL));
        assertThat(Codec.service(register)).isEqualTo(ORDERS);
        assertThat(Codec.instances(register)).containsExactly(PLAIN, SPECIAL);
        assertThat(Codec.keys(Codec.deregisterRequest(ORDERS, List.of(SPECIAL.key()))))
                .containsExactly(SPECIAL.key());
        for (Precondition only : List.of(Precondition.NONE, Precondition.ABSENT, Precondition.revision(12))) {
            assertThat(Codec.precondition(Codec.registerRequest(ORDERS, List.of(PLAIN), only)))
                    .isEqualTo(only);
            assertThat(Codec.precondition(Codec.deregisterRequest(ORDERS, List.of(PLAIN.key()), only)))
                    .isEqualTo(only);
        }
        ReadLevel level = new ReadLevel(true, 12);
        assertThat(Codec.readLevel(Codec.findRequest(ORDERS, level))).isEqualTo(level);
    }

    @Test
    void absentFieldsHaveTheirDefaults() {
        assertThat(Codec.decode(io.gemel.transport.grpc.v1.ServiceId.newBuilder()
                        .setName("orders")
                        .build()))
                .isEqualTo(ServiceId.of("orders"));
        assertThat(Codec.decode(message("10.0.0.1", 80).build())).isEqualTo(PLAIN);
        assertThat(Codec.encode(PLAIN).hasWeight()).isFalse();
    }

    @Test
    void aWeightOfZeroIsNotAnAbsentOne() {
        assertThat(Codec.decode(message("10.0.0.1", 80).setWeight(0).build()).weight())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource
    void badInstancesAreRefusedByFieldValueAndExpectation(
            io.gemel.transport.grpc.v1.Instance.Builder message, List<String> told) {
        RegisterRequest request = RegisterRequest.newBuilder()
                .setService(Codec.encode(ORDERS))
                .addInstances(Codec.encode(PLAIN))
                .addInstances(message)
                .build();
        assertThatThrownBy(() -> Codec.instances(request)).isInstanceOfSatisfying(RegistryException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(Code.BAD_REQUEST);
            assertThat(refusal).hasMessageContaining("instances[1].");
            assertThat(refusal).hasMessageContainingAll(told.toArray(new String[0]));
        });
    }

    static Stream<Arguments> badInstancesAreRefusedByFieldValueAndExpectation() {
        return Stream.of(
                arguments(io.gemel.transport.grpc.v1.Instance.newBuilder(), List.of("key: absent", "expected")),
                arguments(message("10.0.0.1", 0), List.of("port: 0", "1..65535")),
                arguments(message("10.0.0.1", 70_000), List.of("port: 70000", "1..65535")),
                arguments(message("10.0.0.1", -1), List.of("port: 4294967295", "1..65535")),
                arguments(message("", 80), List.of("ip: ''", "host name")),
                arguments(message("10.0.0.1", 80).setWeight(Double.NaN), List.of("weight: NaN", "0..10000")),
                arguments(message("10.0.0.1", 80).setWeight(-1), List.of("weight: -1", "0..10000")),
                arguments(
                        message("10.0.0.1", 80).setWeight(Double.POSITIVE_INFINITY),
                        List.of("weight: Infinity", "0..10000")),
                arguments(
                        message("10.0.0.1", 80).putMetadata("k", "x".repeat(21_000)),
                        List.of("metadata: 21001 bytes", "16384")));
    }

    @Test
    void aBatchThatCannotBeSentIsRefusedBeforeItCutsTheConnection() {
        List<Instance> batch =
                Collections.nCopies(300, Instance.ephemeral("10.0.0.1", 80).withMetadata("k", "x".repeat(16_000)));

        assertRefused(() -> Codec.registerRequest(ORDERS, batch), "instances: 4");
    }

    @Test
    void absentMessagesAreRefusedByName() {
        assertRefused(() -> Codec.service(RegisterRequest.getDefaultInstance()), "service: absent");
        assertRefused(() -> Codec.service(FindRequest.getDefaultInstance()), "service: absent");
        assertRefused(() -> Codec.decode(io.gemel.transport.grpc.v1.ServiceId.getDefaultInstance()), "service: ''");
    }

    @Test
    void numbersBeyondLongAreRefusedAsTheyWereSent() {
        assertRefused(
                () -> Codec.readLevel(
                        FindRequest.newBuilder().setMinRevision(-1).build()),
                "min_revision: 18446744073709551615");
        assertRefused(
                () -> Codec.decode(WriteResponse.newBuilder().setRevision(-1).build()),
                "revision: 18446744073709551615");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable decoding, String told) {
        assertThatThrownBy(decoding)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(Code.BAD_REQUEST))
                .hasMessageContaining(told)
                .hasMessageContaining("expected");
    }

    private static io.gemel.transport.grpc.v1.Instance.Builder message(String ip, int port) {
        return io.gemel.transport.grpc.v1.Instance.newBuilder()
                .setKey(io.gemel.transport.grpc.v1.InstanceKey.newBuilder()
                        .setIp(ip)
                        .setPort(port));
    }

    @Test
    void theDefaultClusterStaysOffTheWire() {
        assertThat(Codec.encode(new InstanceKey("10.0.0.1", 80, InstanceKey.DEFAULT_CLUSTER))
                        .getCluster())
                .isEmpty();
    }
}
