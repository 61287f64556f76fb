package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Stage;
import java.util.Set;

/**
 * Lets few bytes out of one server.
 *
 * @param node its id
 * @param bytesPerSecond how many
 */
record SlowHost(String node, long bytesPerSecond) implements Exclusive {
    @Override
    public String claim() {
        return "bandwidth";
    }

    @Override
    public String inject(Stage stage) {
        stage.network().slow(bytesPerSecond, Set.of(node));
        return "%s at %d kB/s".formatted(node, bytesPerSecond / 1_000);
    }

    @Override
    public void heal(Stage stage) {
        stage.network().slow(bytesPerSecond, Set.of());
    }
}
