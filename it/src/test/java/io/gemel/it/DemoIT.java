package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first command of the README does what it says. */
class DemoIT {
    @RegisterExtension
    static final Sandbox SANDBOX = new Sandbox();

    @Test
    void theTourEndsWithEverythingAsPromised() {
        GemelProcess.Ended demo = SANDBOX.start("demo", "--once").awaitEnd(Duration.ofMinutes(3));

        assertThat(demo.exitCode())
                .as("printed:%n%s%nlogged:%n%s", demo.out(), demo.err())
                .isZero();
    }
}
