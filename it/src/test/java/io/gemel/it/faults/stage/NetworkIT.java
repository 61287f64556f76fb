package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both networks keep the same contract. */
@Tag("alone")
final class NetworkIT {
    @Test
    void proxies(@TempDir Path dir) {
        NetworkContract.check("proxies", dir);
    }

    @Test
    void namespaces(@TempDir Path dir) throws IOException, InterruptedException {
        assumeNamespaces();
        Elsewhere.run(
                PrivateNamespace.command(Elsewhere.java(NetworkContract.class, "namespaces", dir.toString())),
                dir.resolve("contract.log"));
    }

    /** Links are then cut by other means, and loss is not to be had. */
    @Test
    void namespacesWithoutAPacketFilter(@TempDir Path dir) throws IOException, InterruptedException {
        assumeNamespaces();
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + programs(dir.resolve("programs"))));
        command.addAll(Elsewhere.java(NetworkContract.class, "namespaces", dir.toString()));
        Elsewhere.run(PrivateNamespace.command(command), dir.resolve("contract.log"));
        assertThat(Files.readString(dir.resolve("contract.log"))).contains("no packet filter");
    }

    /** A directory with all programs that a network is built with, but for the packet filter. */
    private static Path programs(Path dir) throws IOException {
        Files.createDirectories(dir);
        for (String name :
                List.of("ip", "tc", "ss", "mount", "umount", "unshare", "nsenter", "setpriv", "true", "env")) {
            for (String place : List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin")) {
                Path program = Path.of(place, name);
                if (Files.isExecutable(program) && !Files.exists(dir.resolve(name))) {
                    Files.createSymbolicLink(dir.resolve(name), program);
                }
            }
        }
        return dir;
    }

    private static void assumeNamespaces() {
        assumeThat(PrivateNamespace.unavailable())
                .as("namespaces can be had here")
                .isEmpty();
    }
}
