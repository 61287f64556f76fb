package io.gemel.it.faults.workload;

import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Writes at one server, each followed by a list at another one that must show it. */
final class RevisionSteps implements Steps {
    private static final int PAUSE_MAX_MILLIS = 40;
    private static final int KEYS = 20;

    private final RandomGenerator random;
    private final int client;
    private int number;

    /** The stream of client {@code client}. */
    RevisionSteps(Seeds seeds, int client) {
        this.random = seeds.random();
        this.client = client;
    }

    @Override
    public Step next() {
        number++;
        return new Step(
                0,
                Step.Kind.WRITE_THEN_LIST_ELSEWHERE,
                Duration.ofMillis(random.nextInt(PAUSE_MAX_MILLIS)),
                random.nextInt(1_000),
                ServiceId.of("rev-" + random.nextInt(4)),
                Keys.address(client, random.nextInt(KEYS)),
                "p" + client + "." + number);
    }
}
