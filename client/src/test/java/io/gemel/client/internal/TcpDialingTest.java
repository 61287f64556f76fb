package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.InstanceKey;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** What keeps a machine from calling an instance is no failure of the client, and none of the instance. */
class TcpDialingTest {
    @Test
    void whereThereIsNoIpv6AnInstanceThereIsNotProbedAndNothingStaysOpen() throws IOException {
        try (SocketChannel ipv4 = SocketChannel.open(StandardProtocolFamily.INET)) {
            assertThatThrownBy(() -> TcpDialing.to(new InstanceKey("::1", 8080, "DEFAULT"), () -> ipv4))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("::1")
                    .hasMessageContaining("says nothing of it");
            assertThat(ipv4.isOpen()).isFalse();
        }
    }
}
