package io.gemel.it.faults.stage;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both networks keep the same contract. */
final class NetworkIT {
    @Test
    void proxies(@TempDir Path dir) {
        NetworkContract.check("proxies", dir);
    }

    @Test
    void namespaces(@TempDir Path dir) throws IOException, InterruptedException {
        assumeThat(PrivateNamespace.unavailable())
                .as("namespaces can be had here")
                .isEmpty();
        Elsewhere.run(
                PrivateNamespace.command(Elsewhere.java(NetworkContract.class, "namespaces", dir.toString())),
                dir.resolve("contract.log"));
    }
}
