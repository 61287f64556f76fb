package io.gemel.it.faults.workload;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Reads, writes, conditional writes and removals of one instance after the other, which all clients share. */
final class RegisterSteps implements Steps {
    /** Times five clients: as many operations as are checked within seconds. */
    static final int STEPS_PER_KEY = 60;

    /** The one address, in services that are numbered. */
    static final InstanceKey KEY = new InstanceKey("10.0.0.1", 80, InstanceKey.DEFAULT_CLUSTER);

    private static final int PAUSE_MAX_MILLIS = 60;
    private static final int AWAY_PERCENT = 25;

    private final RandomGenerator random;
    private final String prefix;
    private final int client;
    private int number;

    /** The stream of client {@code client}, whose home is the server of the same number. */
    RegisterSteps(Seeds seeds, String prefix, int client) {
        this.random = seeds.random();
        this.prefix = prefix;
        this.client = client;
    }

    @Override
    public Step next() {
        int part = number / STEPS_PER_KEY;
        Step.Kind kind = kind(random.nextInt(100));
        Duration pause = Duration.ofMillis(random.nextInt(PAUSE_MAX_MILLIS));
        int server = random.nextInt(100) < AWAY_PERCENT ? random.nextInt(1_000) : client;
        number++;
        return new Step(part, kind, pause, server, ServiceId.of(prefix + part), KEY, "p" + client + "." + number);
    }

    private static Step.Kind kind(int lot) {
        if (lot < 40) {
            return Step.Kind.READ;
        }
        if (lot < 62) {
            return Step.Kind.REGISTER;
        }
        return lot < 90 ? Step.Kind.CAS : Step.Kind.DEREGISTER;
    }
}
