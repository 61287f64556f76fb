package io.gemel.it.faults.workload;

import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Writes at one server, each followed by a list at another one that must show it. */
final class RevisionSteps implements Steps {
    private static final int PAUSE_MAX_MILLIS = 40;
    private static final int KEYS = 20;

    /** Lists of one service would else become long. */
    private static final int STEPS_PER_SERVICE = 100;

    /** Of the services, which are numbered. */
    static final String PREFIX = "rev-";

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
        int part = number / STEPS_PER_SERVICE;
        number++;
        return new Step(
                part,
                Step.Kind.WRITE_THEN_LIST_ELSEWHERE,
                Duration.ofMillis(random.nextInt(PAUSE_MAX_MILLIS)),
                random.nextInt(1_000),
                ServiceId.of(PREFIX + part),
                Keys.address(client, random.nextInt(KEYS)),
                "p" + client + "." + number);
    }
}
