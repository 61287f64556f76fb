package io.gemel.consistency.distro.simulation;

import io.gemel.consistency.distro.simulation.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes schedules from seeds. Each seed has a few kinds of faults of its own, some of them often: that finds more than all
 * kinds in every run. In two of three schedules faults overlap at random, in the third they come one at a time: then the
 * checks can be strict about what each of them may lead to.
 */
public final class Scenarios {
    private static final int START_MILLIS = 1_000;

    /** In one of so many schedules the members change; and there, at one of so many steps. */
    private static final int CHANGES_ONE_IN = 8;

    private static final int CHANGE_ONE_IN = 8;
    private static final int JOINS_MAX = 3;
    private static final long GUARD_SALT = 0x5eed_0f_9a_4dL;
    private static final List<Kind> FAULTS = List.of(
            Kind.CRASH,
            Kind.POWER_OFF,
            Kind.STOP,
            Kind.FREEZE,
            Kind.DRIFT,
            Kind.CRASH_ALL,
            Kind.CUT,
            Kind.ISOLATE,
            Kind.SPLIT,
            Kind.SLOW,
            Kind.KILL,
            Kind.SILENCE,
            Kind.CLOSE,
            Kind.FREEZE_CLIENT,
            Kind.RESET,
            Kind.CUT_CLIENT);

    private final SplittableRandom random;
    private final int nodes;
    private final int clients;
    private final List<Kind> faults = new ArrayList<>();

    /** Of its own, so that schedules in which the members stay are not other ones for it. */
    private final SplittableRandom changes;

    private final boolean membersChange;
    private int joined;
    private Scenario scenario;
    private long atMillis = START_MILLIS;

    private Scenarios(long seed) {
        this.random = new SplittableRandom(seed);
        this.nodes = random.nextInt(4) == 0 ? 5 : 3;
        this.clients = 2 + random.nextInt(5);
        this.scenario = guarded(Scenario.of(nodes, seed), new SplittableRandom(GUARD_SALT ^ seed));
        this.changes = new SplittableRandom(~seed);
        this.membersChange = changes.nextInt(CHANGES_ONE_IN) == 0;
        int kinds = 1 + random.nextInt(4);
        for (int i = 0; i < kinds; i++) {
            faults.add(FAULTS.get(random.nextInt(FAULTS.size())));
        }
    }

    /** The schedule of {@code seed}. */
    public static Scenario of(long seed) {
        Scenarios schedule = new Scenarios(seed);
        return Math.floorMod(seed, 3) == 2 ? schedule.inTurn() : schedule.mixed();
    }

    /** In half of the schedules: for a time that is over before the end, or one that is not. */
    private static Scenario guarded(Scenario scenario, SplittableRandom random) {
        return random.nextBoolean() ? scenario : scenario.guarded(random.nextBoolean() ? 5_000 : 300_000);
    }

    private void begin() {
        for (int client = 1; client <= clients; client++) {
            scenario = scenario.at(atMillis).open(client).watch(client, service());
            for (int i = random.nextInt(3); i >= 0; i--) {
                scenario = scenario.register(client, service(), slot());
            }
        }
    }

    private Scenario mixed() {
        begin();
        int steps = 10 + random.nextInt(30);
        for (int i = 0; i < steps; i++) {
            atMillis += pause();
            scenario = scenario.at(atMillis);
            if (membersChange && changes.nextInt(CHANGE_ONE_IN) == 0) {
                changeMembers();
            }
            if (random.nextInt(5) < 2) {
                use();
            } else if (random.nextInt(5) < 2) {
                mend();
            } else {
                disturb(faults.get(random.nextInt(faults.size())));
            }
        }
        return scenario.at(atMillis + pause()).heal();
    }

    /** Each fault is over before the next begins, and clients go on meanwhile and afterwards. */
    private Scenario inTurn() {
        begin();
        for (int round = 2 + random.nextInt(4); round > 0; round--) {
            wait(random.nextBoolean() ? 14_000 : 3_000);
            if (membersChange && changes.nextBoolean()) {
                changeMembers();
            }
            disturb(faults.get(random.nextInt(faults.size())));
            live(3);
            wait(random.nextInt(3) == 0 ? 30_000 : 1_000);
            scenario = scenario.heal().startAll();
            for (int node = 1; node <= nodes + joined; node++) {
                scenario = scenario.thaw(node);
            }
            for (int client = 1; client <= clients; client++) {
                scenario = scenario.thawClient(client);
            }
            live(5);
        }
        return scenario;
    }

    private void wait(int maxMillis) {
        atMillis += random.nextInt(maxMillis);
        scenario = scenario.at(atMillis);
    }

    private void live(int maxSteps) {
        for (int i = random.nextInt(maxSteps + 1); i > 0; i--) {
            wait(1_500);
            if (random.nextInt(6) == 0) {
                scenario = random.nextBoolean() ? scenario.close(client()) : scenario.kill(client());
            } else {
                use();
            }
        }
    }

    /** Mostly short; now and then longer than any time limit of the cluster. */
    private int pause() {
        int kind = random.nextInt(200);
        if (kind == 0) {
            return random.nextInt(120_000);
        }
        return kind < 10 ? random.nextInt(20_000) : kind < 50 ? random.nextInt(4_000) : random.nextInt(500);
    }

    private int service() {
        return 1 + random.nextInt(World.SERVICES);
    }

    private int slot() {
        return 1 + random.nextInt(2);
    }

    private int client() {
        return 1 + random.nextInt(clients);
    }

    private int node() {
        return 1 + random.nextInt(nodes + joined);
    }

    private int otherThan(int node) {
        return 1 + (node - 1 + 1 + random.nextInt(nodes + joined - 1)) % (nodes + joined);
    }

    private void changeMembers() {
        if (joined < JOINS_MAX && changes.nextBoolean()) {
            joined++;
            scenario = scenario.join(nodes + joined);
        } else {
            scenario = scenario.remove(1 + changes.nextInt(nodes + joined));
        }
    }

    private void use() {
        int client = client();
        scenario = switch (random.nextInt(6)) {
            case 0, 1, 2 -> scenario.open(client).register(client, service(), slot());
            case 3 -> scenario.deregister(client, service(), slot());
            case 4 -> scenario.open(client).watch(client, service());
            default -> scenario.unwatch(client, service());
        };
    }

    private void mend() {
        scenario = switch (random.nextInt(4)) {
            case 0 -> scenario.heal();
            case 1 -> scenario.startAll();
            case 2 -> scenario.thaw(node());
            default -> scenario.thawClient(client());
        };
    }

    private void disturb(Kind kind) {
        int node = node();
        scenario = switch (kind) {
            case CRASH, POWER_OFF, STOP, FREEZE, ISOLATE -> scenario.then(kind, node);
            case DRIFT -> scenario.drift(node, (random.nextInt(21) - 10) * 10_000);
            case CRASH_ALL -> scenario.crashAll().at(atMillis += pause()).startAll();
            case CUT -> scenario.cut(node, otherThan(node));
            case SPLIT -> scenario.split(1 + random.nextInt((1 << (nodes + joined)) - 2));
            case SLOW -> scenario.slow(node, otherThan(node), 100 + random.nextInt(2_000));
            case CUT_CLIENT -> scenario.cutClient(client(), node);
            default -> scenario.then(kind, client());
        };
    }
}
