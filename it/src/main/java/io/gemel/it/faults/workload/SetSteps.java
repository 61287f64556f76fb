package io.gemel.it.faults.workload;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Adds one instance after the other to a set that all clients share, takes a few back for good, and lists the set. */
final class SetSteps implements Steps {
    /** A set of its own for so many additions of each client keeps lists short. */
    static final int ADDITIONS_PER_SET = 100;

    private static final int PAUSE_MAX_MILLIS = 50;
    private static final int AWAY_PERCENT = 25;
    private static final int ADD_PERCENT = 82;
    private static final int TAKE_BACK_PERCENT = 8;

    private final RandomGenerator random;
    private final String prefix;
    private final int client;
    private final List<Step> added = new ArrayList<>();
    private int additions;

    /** The stream of client {@code client}, whose home is the server of the same number. */
    SetSteps(Seeds seeds, String prefix, int client) {
        this.random = seeds.random();
        this.prefix = prefix;
        this.client = client;
    }

    @Override
    public Step next() {
        int lot = random.nextInt(100);
        Duration pause = Duration.ofMillis(random.nextInt(PAUSE_MAX_MILLIS));
        int server = random.nextInt(100) < AWAY_PERCENT ? random.nextInt(1_000) : client;
        int part = additions / ADDITIONS_PER_SET;
        if (lot >= ADD_PERCENT && lot < ADD_PERCENT + TAKE_BACK_PERCENT && !added.isEmpty()) {
            Step back = added.remove(random.nextInt(added.size()));
            return new Step(part, Step.Kind.TAKE_BACK, pause, server, back.service(), back.key(), "");
        }
        ServiceId set = ServiceId.of(prefix + part);
        InstanceKey key = Keys.address(client, additions);
        if (lot >= ADD_PERCENT) {
            return new Step(part, Step.Kind.LIST, pause, server, set, key, "");
        }
        additions++;
        Step add = new Step(part, Step.Kind.REGISTER, pause, server, set, key, "p" + client + "." + additions);
        added.add(add);
        return add;
    }
}
