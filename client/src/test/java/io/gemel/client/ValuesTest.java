package io.gemel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gemel.naming.Instance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options are checked where they are made, and weights decide how often an instance is chosen. */
class ValuesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "host", "host:", ":1", "host:0", "host:65536", "::1:80", "[%]:80", "a b:80", "http://host:80"
            })
    void anAddressThatIsNoneIsRefusedByName(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientOptions.of(address))
                .withMessageContaining("'" + address + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.300:9848", "256.1.1.1:9848", "node.1:9848", "a..b:80", "host-.x:80", "[fe80::1::2]:9848"
            })
    void anAddressThatNoChannelCanBeOpenedToIsRefusedWithWhatWouldBeOne(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientOptions.of(address))
                .withMessageContaining("'" + address + "' (expected: a host name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:9848",
                "node-1:9848",
                "a-b.example.org:80",
                "a-b.example.org.:80",
                "1.example.org:80",
                "10.0.0.1:1",
                "[::1]:65535",
                "[fe80::1%eth0]:80"
            })
    void hostNamesAndBothKindsOfAddressAreTaken(String address) {
        assertThat(ClientOptions.of(address, address).servers()).containsExactly(address);
    }

    @Test
    void timesAreBounded() {
        ClientOptions options = ClientOptions.of("localhost:1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withKeepAlive(Duration.ZERO))
                .withMessageContaining("keepAlive");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withRequestTimeout(Duration.ofDays(1)))
                .withMessageContaining("requestTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientOptions.of(List.of()))
                .withMessageContaining("servers");
    }

    @Test
    void eachInstanceIsChosenInProportionToItsWeight() {
        Instance light = Instance.ephemeral("10.0.0.1", 1).withWeight(1);
        Instance heavy = Instance.ephemeral("10.0.0.2", 1).withWeight(3);
        List<Instance> both = List.of(light, heavy);

        assertThat(WeightedChoice.of(both, 0)).contains(light);
        assertThat(WeightedChoice.of(both, 0.249)).contains(light);
        assertThat(WeightedChoice.of(both, 0.25)).contains(heavy);
        assertThat(WeightedChoice.of(both, Math.nextDown(1.0))).contains(heavy);
        assertThat(WeightedChoice.of(List.of(), 0.5)).isEmpty();
    }
}
