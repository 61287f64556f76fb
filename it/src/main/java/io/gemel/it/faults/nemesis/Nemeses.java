package io.gemel.it.faults.nemesis;

import io.gemel.it.faults.stage.Link;
import io.gemel.it.faults.stage.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/** The faults of processes, links and members. */
public final class Nemeses {
    /** A server is back two seconds after its start, so that these leave it time to be of use again. */
    private static final Rounds KILLS = Rounds.of(2_500, 300, 6_000);

    /** Then clients move away, and change and take back what they have, before the others drop what the dead one had told them. */
    private static final Rounds BRIEF_KILLS = Rounds.of(8_000, 50, 300);

    private static final Rounds MOVES = Rounds.of(3_000, 200, 1_500);
    private static final Rounds PAUSES = Rounds.of(1_500, 300, 9_000);
    private static final Rounds CLIENT_PAUSES = Rounds.of(1_500, 500, 15_000);
    private static final Rounds CLIENT_KILLS = Rounds.of(2_000, 300, 600);

    /** Each reset is long enough after the last that a session which had come back has been live for a while. */
    private static final Rounds CLIENT_RESETS = Rounds.of(2_500, 200, 12_000);

    private static final Rounds PARTITIONS = Rounds.of(1_500, 700, 12_000);

    /** Longer than a silent node's entries stay listed, by default; and before that so calm that every node has heard of them for certain. */
    private static final Rounds LONG_PARTITIONS = Rounds.of(8_000, 10_000, 14_000);

    private static final Rounds BAD_LINKS = Rounds.of(1_000, 1_000, 8_000);

    private Nemeses() {}

    /** All of them, in the order of a list for people. */
    public static List<Nemesis> all() {
        List<Nemesis> all = new ArrayList<>();
        all.add(new NoNemesis());
        List<Nemesis> combinable = new ArrayList<>();
        combinable.addAll(processes());
        combinable.addAll(clients());
        combinable.addAll(partitions());
        combinable.addAll(badLinks());
        combinable.addAll(members());
        all.addAll(combinable);
        all.add(recurring("wipe", "a server is replaced with an empty one of the same name", KILLS, (random, nodes) -> {
            String node = nodes.get(random.nextInt(nodes.size()));
            return new Aim(node, new Wipe(node));
        }));
        all.add(recurring(
                "kill-briefly",
                "kill -9 of a server that starts again at once; then a while in which others keep what it told them",
                BRIEF_KILLS,
                (random, nodes) -> ServerFault.kill(Aimed.one(random, nodes))));
        all.add(recurring(
                "long-partition",
                "a majority and the rest do not hear each other for so long that each drops what the other published",
                LONG_PARTITIONS,
                (random, nodes) -> LinkFault.cut(Cuts.halves(random, nodes))));
        all.add(new RandomNemesis(combinable));
        return List.copyOf(all);
    }

    private static List<Nemesis> processes() {
        return List.of(
                recurring(
                        "kill-one",
                        "kill -9 of a server, which comes back",
                        KILLS,
                        (random, nodes) -> ServerFault.kill(Aimed.one(random, nodes))),
                recurring(
                        "kill-leader",
                        "kill -9 of the Raft leader, which comes back",
                        KILLS,
                        (random, nodes) -> ServerFault.kill(Aimed.leader())),
                recurring(
                        "kill-majority",
                        "kill -9 of more than half of the servers",
                        KILLS,
                        (random, nodes) -> ServerFault.kill(Aimed.majority(random, nodes))),
                recurring(
                        "kill-all",
                        "kill -9 of all servers, then a cold start to which all clients return",
                        KILLS,
                        ColdStart::next),
                new RollingRestart(),
                recurring(
                        "pause-leader",
                        "SIGSTOP and SIGCONT of the Raft leader",
                        PAUSES,
                        (random, nodes) -> ServerFault.freeze(Aimed.leader())),
                recurring(
                        "pause-follower",
                        "SIGSTOP and SIGCONT of a follower",
                        PAUSES,
                        (random, nodes) -> ServerFault.freeze(Aimed.follower(random))));
    }

    private static List<Nemesis> clients() {
        return List.of(
                recurring(
                        "kill-client",
                        "kill -9 of a client process; another starts in its place",
                        CLIENT_KILLS,
                        (random, nodes) -> WorkerFault.kill(Role.CLIENT, random)),
                recurring(
                        "freeze-client",
                        "SIGSTOP and SIGCONT of a client process",
                        CLIENT_PAUSES,
                        (random, nodes) -> WorkerFault.freeze(Role.CLIENT, random)),
                recurring(
                        "freeze-watcher",
                        "SIGSTOP and SIGCONT of one process of watchers",
                        CLIENT_PAUSES,
                        (random, nodes) -> WorkerFault.freeze(Role.WATCHER, random)),
                recurring(
                        "cut-client",
                        "a client process and all servers do not hear each other",
                        CLIENT_PAUSES,
                        CutOffClient::next),
                recurring(
                        "reset-clients",
                        "all connections of a client process are reset, now and then; it may come back at once",
                        CLIENT_RESETS,
                        (random, nodes) -> Repeated.clientResets(
                                random.nextInt(Integer.MAX_VALUE), Duration.ofMillis(random.nextInt(2_500, 4_500)))));
    }

    private static List<Nemesis> partitions() {
        return List.of(
                recurring(
                        "partition-halves",
                        "a majority and the rest do not hear each other",
                        PARTITIONS,
                        (random, nodes) -> LinkFault.cut(Cuts.halves(random, nodes))),
                recurring(
                        "isolate-leader",
                        "the Raft leader and all others do not hear each other",
                        PARTITIONS,
                        (random, nodes) -> LinkFault.isolateLeader()),
                recurring(
                        "bridge",
                        "two sides do not hear each other, one server hears both",
                        PARTITIONS,
                        (random, nodes) -> LinkFault.cut(Cuts.bridge(random, nodes))),
                recurring(
                        "majorities-ring",
                        "every server hears a majority, no two the same one",
                        PARTITIONS,
                        (random, nodes) -> LinkFault.cut(Cuts.ring(random, nodes))),
                recurring(
                        "one-way",
                        "one server is heard but hears not, or the other way round",
                        PARTITIONS,
                        Nemeses::oneWay),
                recurring(
                        "flapping",
                        "links between servers break and come back several times a second",
                        PARTITIONS,
                        (random, nodes) -> Repeated.flapping(
                                random.nextBoolean() ? Cuts.halves(random, nodes) : Set.of(Cuts.lot(random, nodes)),
                                Duration.ofMillis(random.nextInt(100, 1_500)))),
                recurring("half-open", "a server is cut off, then killed: nobody is told", KILLS, HalfOpen::next));
    }

    private static List<Nemesis> members() {
        return List.of(
                new MemberChanges(),
                recurring(
                        "address-change",
                        "a server comes back at other ports or another address, of which only itself is told",
                        MOVES,
                        Relocation::next));
    }

    private static List<Nemesis> badLinks() {
        return List.of(
                recurring("slow", "a server can send but few bytes a second", BAD_LINKS, (random, nodes) -> {
                    String node = nodes.get(random.nextInt(nodes.size()));
                    return new Aim(node, new SlowHost(node, random.nextLong(4_000, 40_000)));
                }),
                recurring("lossy", "links between servers lose packets", BAD_LINKS, (random, nodes) -> {
                    int percent = random.nextInt(5, 45);
                    return links("loss", percent + "%", (network, links) -> network.lose(percent, links));
                }),
                new RecurringNemesis(
                        "delay",
                        "links between servers are late, by different times",
                        BAD_LINKS,
                        RecurringNemesis.Network.PROXIES,
                        (random, nodes) -> {
                            Duration delay = Duration.ofMillis(random.nextInt(20, 250));
                            Duration jitter = Duration.ofMillis(random.nextInt(5, 100));
                            return links(
                                    "delay",
                                    delay.toMillis() + "+" + jitter.toMillis() + "ms",
                                    (network, links) -> network.delay(delay, jitter, links));
                        }),
                recurring(
                        "reset",
                        "connections between servers are reset",
                        BAD_LINKS,
                        (random, nodes) ->
                                Repeated.resets(Cuts.all(nodes), Duration.ofMillis(random.nextInt(200, 2_000)))));
    }

    private static Aim oneWay(RandomGenerator random, List<String> nodes) {
        String node = nodes.get(random.nextInt(nodes.size()));
        return LinkFault.cut(
                random.nextBoolean() ? Cuts.oneWay(List.of(node), nodes) : Cuts.oneWay(nodes, List.of(node)));
    }

    private static Aim links(String claim, String how, BiConsumer<Network, Set<Link>> harm) {
        return new Aim("all links " + how, new LinkFault(claim, stage -> Cuts.all(Cuts.everyone(stage)), harm));
    }

    private static Nemesis recurring(String name, String description, Rounds rounds, Aim.Recipe recipe) {
        return new RecurringNemesis(name, description, rounds, RecurringNemesis.Network.ANY, recipe);
    }

    /** No fault at all: what a run without faults shows is the noise of the machine. */
    private record NoNemesis() implements Nemesis {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public String description() {
            return "no fault at all";
        }

        @Override
        public Optional<String> unavailable() {
            return Optional.empty();
        }

        @Override
        public List<PlannedFault> schedule(RandomGenerator random, Duration time, List<String> nodes) {
            return List.of();
        }
    }
}
