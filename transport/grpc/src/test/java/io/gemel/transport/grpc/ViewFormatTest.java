package io.gemel.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.ServiceView;
import io.gemel.naming.ViewDelta;
import io.gemel.transport.grpc.v1.FindResponse;
import io.gemel.transport.grpc.v1.ServerMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewFormatTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 1_000, 100_000})
    void theBytesAreTheMessagesOfTheContract(int instances) throws IOException {
        ServiceView view = view(instances);

        assertThat(FindResponse.parseFrom(ViewFormat.findResponse(view)))
                .isEqualTo(FindResponse.newBuilder().setView(Codec.encode(view)).build());
        assertThat(ServerMessage.parseFrom(ViewFormat.serverMessage(view)))
                .isEqualTo(
                        ServerMessage.newBuilder().setView(Codec.encode(view)).build());
    }

    @Test
    void aViewIsEncodedOnceForAll() {
        ServiceView view = view(3);

        assertThat(view.as(ViewFormat.V1)).isSameAs(view.as(ViewFormat.V1));
    }

    @Test
    void theBytesOfADeltaAreTheMessageOfTheContractAndComeBackAsTheyWere() throws IOException {
        ServiceView before = view(5);
        List<Registration> registrations = new ArrayList<>(before.registrations());
        registrations.remove(1);
        registrations.set(2, new Registration(registrations.get(2).instance().withMetadata("k", "ü"), 9, true));
        ServiceSettings settings =
                ServiceSettings.NONE.withProtectionThreshold(0.5).withMetadata(Map.of("team", "blue"));
        ServiceView after = new ServiceView(ServiceId.of("orders"), 8, registrations, settings);
        ViewDelta delta = ViewDelta.between(before, after).orElseThrow();

        ServerMessage sent = ServerMessage.parseFrom(ViewFormat.serverMessage(before, after));

        assertThat(DeltaCodec.decode(sent.getViewDelta())).isEqualTo(delta);
        assertThat(delta.settings()).isPresent();
        ServiceView same = new ServiceView(ServiceId.of("orders"), 8, view(5).registrations());
        assertThat(DeltaCodec.decode(ServerMessage.parseFrom(ViewFormat.serverMessage(before, same))
                                .getViewDelta())
                        .settings())
                .isEmpty();
    }

    @Test
    void watchersThatWereSentTheSameShareTheBytesOfADelta() {
        ServiceView before = view(3);
        ServiceView after = new ServiceView(ServiceId.of("orders"), 8, view(4).registrations());

        assertThat(after.since(before, ViewFormat.V1).orElseThrow())
                .isSameAs(after.since(before, ViewFormat.V1).orElseThrow());
    }

    @Test
    void sharedBytesCanBeReadInEveryWay() throws IOException {
        ByteString bytes = ByteString.copyFromUtf8("0123456789");
        byte[] target = new byte[5];
        try (InputStream shared = new SharedBytes(bytes)) {
            assertThat(shared.available()).isEqualTo(10);
            assertThat(shared.read()).isEqualTo('0');
            assertThat(shared.read(target, 1, 3)).isEqualTo(3);
            assertThat(target).containsExactly(0, '1', '2', '3', 0);
            assertThat(shared.read(target, 0, 0)).isZero();
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            assertThat(((SharedBytes) shared).drainTo(rest)).isEqualTo(6);
            assertThat(rest).hasToString("456789");
            assertThat(shared.available()).isZero();
            assertThat(shared.read()).isEqualTo(-1);
            assertThat(shared.read(target, 0, 5)).isEqualTo(-1);
        }
    }

    @Test
    void aByteAboveAsciiIsReadUnsigned() throws IOException {
        try (InputStream shared = new SharedBytes(ByteString.copyFrom(new byte[] {(byte) 0xff}))) {
            assertThat(shared.read()).isEqualTo(255);
        }
    }

    private static ServiceView view(int instances) {
        List<Registration> registrations = IntStream.rangeClosed(1, instances)
                .mapToObj(i -> new Registration(Instance.persistent("10.0.0." + i, 80), i))
                .toList();
        return new ServiceView(ServiceId.of("orders"), 7, registrations);
    }
}
