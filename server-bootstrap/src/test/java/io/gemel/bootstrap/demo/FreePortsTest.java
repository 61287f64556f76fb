package io.gemel.bootstrap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class FreePortsTest {
    @Test
    void aPortIsNotGivenAgainBeforeItsOwnerHasBoundIt() {
        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(FreePorts.loopback(3)).allSatisfy(client -> assertNew(given, client, client - 1_000));
            assertThat(FreePorts.bases(3))
                    .allSatisfy(base -> assertNew(given, base, base - 1_000, base + 1_000, base + 1_001));
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "no socket is bound beside a server's elsewhere")
    void aKeptPortIsItsServersAndNobodyElses() throws IOException {
        int port = FreePorts.loopback(1).get(0);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

        for (int start = 0; start < 2; start++) {
            assertThat(KeptPort.take(port)).as("for another who looks").isEmpty();
            try (ServerSocket server = new ServerSocket()) {
                server.bind(address);
                try (Socket client = new Socket(address.getAddress(), port);
                        Socket accepted = server.accept()) {
                    assertThat(accepted.getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
                    assertThat(KeptPort.take(port)).as("while it serves").isEmpty();
                }
            }
        }
    }

    private static void assertNew(Set<Integer> given, Integer... ports) {
        assertThat(ports).as("of all that were given before").allMatch(given::add);
    }
}
