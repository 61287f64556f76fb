package io.gemel.it.faults.disk;

import io.gemel.it.faults.disk.Corruptor.Harm;
import io.gemel.it.faults.disk.DiskNemesis.Aim;
import io.gemel.it.faults.disk.DiskNemesis.Pace;
import io.gemel.it.faults.disk.IoShim.Effect;
import io.gemel.it.faults.disk.IoShim.Operation;
import io.gemel.it.faults.disk.IoShim.Rule;
import io.gemel.it.faults.nemesis.Injection;
import io.gemel.it.faults.nemesis.Nemesis;
import io.gemel.it.faults.stage.Preparation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** The faults of disks and clocks. */
public final class DiskNemeses {
    /** What the data directory holds, as parts of paths: the log, the vote, the state, the snapshots, and all of it. */
    private static final List<String> PLACES =
            List.of("/raft/log/", "/raft/vote", "/state/", "/raft/snapshot/", "/data/");

    private static final List<Operation> OPERATIONS = List.of(Operation.values());
    private static final String EVERYWHERE = "/data/";

    /** A server is back some two seconds after its start, and must be of use for a while before it is met again. */
    private static final Pace OUTAGES = Pace.of(3_000, 1_500);

    private static final Pace DISORDERS = Pace.of(2_000, 3_000);
    private static final Pace DAMAGES = Pace.of(2_500, 4_000);

    private final Machine machine = new Machine();

    private DiskNemeses() {}

    /** All of them, in the order of a list for people. */
    public static List<Nemesis> all() {
        DiskNemeses nemeses = new DiskNemeses();
        List<Nemesis> all = new ArrayList<>();
        all.addAll(nemeses.outages());
        all.addAll(nemeses.disorders());
        all.addAll(nemeses.damages());
        all.addAll(nemeses.clocks());
        return List.copyOf(all);
    }

    private List<Nemesis> outages() {
        return List.of(
                loseDisk(
                        "power-loss-one",
                        "a server loses its power, and its disk what was not synced",
                        Victims::one,
                        true),
                loseDisk(
                        "power-loss-majority",
                        "more than half of the servers lose their power",
                        Victims::majority,
                        true),
                loseDisk("power-loss-all", "all servers lose their power at one moment", Victims::all, true),
                loseDisk("dead-disk", "a server's disk fails for good while the server runs", Victims::one, false),
                loseDisk(
                        "dead-disk-majority",
                        "the disks of more than half of the servers fail while these run",
                        Victims::majority,
                        false),
                new DiskNemesis(
                        "disk-full",
                        "disks have no free byte for a while: one server's, now and then those of a majority",
                        DISORDERS,
                        this::withoutSmallDisk,
                        this::needSmallDisk,
                        (random, nodes) -> {
                            Victims victims = random.nextInt(4) == 0
                                    ? Victims.majority(random, nodes)
                                    : Victims.one(random, nodes);
                            return new Aim(victims.words(), new FullDisk(victims));
                        }));
    }

    private Nemesis loseDisk(
            String name, String description, BiFunction<RandomGenerator, List<String>, Victims> who, boolean kill) {
        return new DiskNemesis(
                name,
                description,
                OUTAGES,
                machine::withoutLoop,
                preparation -> preparation.needDisk("loop"),
                (random, nodes) -> {
                    Victims victims = who.apply(random, nodes);
                    return new Aim(victims.words(), new PowerLoss(victims, kill));
                });
    }

    private Optional<String> withoutSmallDisk() {
        return machine.withoutLoop().flatMap(reason -> machine.withoutTmpfs());
    }

    private void needSmallDisk(Preparation preparation) {
        boolean loop = machine.withoutLoop().isEmpty() && !preparation.disk().equals("tmpfs");
        preparation.needDisk(loop ? "loop" : "tmpfs");
    }

    private List<Nemesis> disorders() {
        return List.of(
                io(
                        "slow-disk",
                        "reads, writes and syncs of a server take tens of milliseconds",
                        random -> List.of(
                                new Rule(Operation.SYNC, Effect.DELAY, random.nextInt(20, 120), EVERYWHERE),
                                new Rule(Operation.WRITE, Effect.DELAY, random.nextInt(1, 15), EVERYWHERE),
                                new Rule(Operation.READ, Effect.DELAY, random.nextInt(1, 15), EVERYWHERE))),
                io(
                        "slow-fsync",
                        "a sync of a server's log takes up to two seconds",
                        random ->
                                List.of(new Rule(Operation.SYNC, Effect.DELAY, random.nextInt(200, 2_000), "/raft/"))),
                io("io-error", "reads, writes or syncs of a server fail, in one place or in all", random -> {
                    Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
                    Effect effect = operation == Operation.WRITE && random.nextBoolean() ? Effect.ENOSPC : Effect.EIO;
                    return List.of(new Rule(operation, effect, 0, PLACES.get(random.nextInt(PLACES.size()))));
                }));
    }

    private interface Rules {
        List<Rule> next(RandomGenerator random);
    }

    private Nemesis io(String name, String description, Rules rules) {
        return new DiskNemesis(name, description, DISORDERS, machine::withoutShim, IoShim::prepare, (random, nodes) -> {
            Victims victims = Victims.one(random, nodes);
            List<Rule> chosen = rules.next(random);
            return new Aim(victims.words() + " " + chosen, new BadIo(victims, chosen));
        });
    }

    private List<Nemesis> damages() {
        return List.of(
                damage("bit-flip", "one bit of one file of a stopped server is flipped", Harm.FLIP),
                damage("truncate", "one file of a stopped server loses its end", Harm.CUT),
                damage("delete-file", "one file of a stopped server is deleted", Harm.DELETE),
                rot(
                        "damage-and-lag",
                        "a bit of one server's log is flipped, and all but it and those that lag are away",
                        (random, nodes) -> {
                            List<String> order = new ArrayList<>(nodes);
                            Collections.shuffle(order, new Random(random.nextLong()));
                            return new Aim(String.join(",", order), new LagAndRot(order, random.nextLong()));
                        }),
                rot(
                        "rotten-snapshots",
                        "a bit of the leader's snapshots is flipped while an empty server is to be filled from them",
                        (random, nodes) -> {
                            String node = nodes.get(random.nextInt(nodes.size()));
                            return new Aim(node, new RottenSnapshots(node, random.nextLong()));
                        }));
    }

    private static Nemesis damage(String name, String description, Harm harm) {
        return rot(name, description, (random, nodes) -> {
            Victims victims = Victims.any(random, nodes);
            return new Aim(victims.words(), new Rot(victims, harm, random.nextLong()));
        });
    }

    private static Nemesis rot(String name, String description, DiskNemesis.Recipe recipe) {
        return new DiskNemesis(name, description, DAMAGES, Optional::empty, preparation -> {}, recipe);
    }

    private List<Nemesis> clocks() {
        return List.of(
                clock(
                        "clock-jump",
                        "a server's wall clock jumps by up to five minutes, back or forth",
                        (random, nodes) -> {
                            int seconds = random.nextInt(1, 301) * (random.nextBoolean() ? 1 : -1);
                            return wrong(Victims.one(random, nodes), seconds, 1, random.nextInt(3) == 0);
                        }),
                clock(
                        "clock-drift",
                        "a server's wall clock runs twice or half as fast",
                        (random, nodes) ->
                                wrong(Victims.one(random, nodes), 0, random.nextBoolean() ? 2 : 0.5, false)));
    }

    private static Aim wrong(Victims victims, int seconds, double rate, boolean asleep) {
        Injection injection = new WrongClock(victims, seconds, rate, asleep);
        return new Aim(victims.words(), injection);
    }

    private Nemesis clock(String name, String description, DiskNemesis.Recipe recipe) {
        return new DiskNemesis(name, description, DISORDERS, machine::withoutClock, FakeClock::prepare, recipe);
    }
}
