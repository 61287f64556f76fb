package io.gemel.it.faults.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The seeded bugs that prove the harness: each is a mistake that a registry, ours or another, has made or may make, and the
 * shortest run that is known to find it. A few are found in simulated time alone: their run is the one that comes nearest.
 */
public final class Mutants {
    private static final Duration SHORT = Duration.ofSeconds(6);
    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(15);

    /** So that one of the cuts outlasts what waits for a leader. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** So that of the cuts that outlast what waits for a silent node, one comes when all is known for certain. */
    private static final Duration TWO_CUTS = Duration.ofSeconds(45);

    private static final String REGISTER = "register";
    private static final String SET = "set";
    private static final String REVISION = "revision-reads";
    private static final String CHURN = "churn";
    private static final String BULKY = "bulky";
    private static final String MIXED = "mixed";
    private static final String HEIRS = "heirs";

    private static final Set<String> QUICK = Set.of(
            "cas-ignored",
            "non-deterministic-apply",
            "state-off-loop",
            "push-reorder",
            "namespace-leak",
            "cached-find");

    /** What no run of processes is known to find, and why. Simulated time must find it, see SimulationMutationIT. */
    private static final Map<String, String> SIMULATED_ALONE = Map.of(
            "empty-push",
            "a node that starts has heard from its peers a tenth of a second after its door opened, and watchers come to"
                    + " it only once they have lost another server");

    private Mutants() {}

    /** All of them, in the order of reports. */
    public static List<Mutant> all() {
        return Stream.of(reads(), writes(), disks(), origins(), sessions(), views(), processes(), clients())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Those that {@code text} names, in the order of reports.
     *
     * @param text {@code all}; {@code quick}, for some that need no fault and are found as soon as they act; or names separated
     *     by commas. Throws {@link IllegalArgumentException} for a name that no bug has
     */
    static List<Mutant> chosen(String text) {
        Set<String> names = switch (text) {
            case "all" -> all().stream().map(Mutant::name).collect(Collectors.toSet());
            case "quick" -> QUICK;
            default -> Set.of(text.split(",", -1));
        };
        List<Mutant> chosen =
                all().stream().filter(mutant -> names.contains(mutant.name())).toList();
        if (chosen.size() < names.size()) {
            throw new IllegalArgumentException("'" + text + "' (expected: all, quick, or names among "
                    + all().stream().map(Mutant::name).collect(Collectors.joining(", ")) + ")");
        }
        return chosen;
    }

    /** Why {@code mutant} is not tried in processes; empty if it is. What has a reason is found in simulated time alone. */
    public static Optional<String> simulatedAlone(Mutant mutant) {
        return Optional.ofNullable(SIMULATED_ALONE.get(mutant.name()));
    }

    private static List<Mutant> reads() {
        return List.of(
                server("stale-read", "a linearizable read is served from what this node has")
                        .under(REGISTER, "isolate-leader")
                        .violates(USUAL, "linearizability"),
                server("lease-read", "a leader answers reads for as long as a clock that people can set allows")
                        .under(REGISTER, "clock-jump", "isolate-leader")
                        .violates(LONG, "linearizability"),
                server("min-revision-ignored", "a read does not wait for the revision that it asks for")
                        .under(REVISION, "delay")
                        .violates(USUAL, "minimum-revision"));
    }

    private static List<Mutant> writes() {
        return List.of(
                server("lost-ack", "the leader acknowledges what only its own log holds")
                        .under(REGISTER, "isolate-leader")
                        .violates(LONG, "linearizability", "set-full"),
                server("retry-unknown", "a write with an unknown outcome is sent again")
                        .under(REGISTER, "reset")
                        .violates(LONG, "linearizability"),
                server("cas-ignored", "a conditional write is applied whatever is there")
                        .under(REGISTER)
                        .violates(SHORT, "linearizability"),
                server("non-deterministic-apply", "what is stored depends on when it is applied")
                        .under(SET)
                        .violates(SHORT, "state-hashes"),
                server("state-off-loop", "the index is written by Raft's thread")
                        .under(SET)
                        .violates(SHORT, "logs"));
    }

    private static List<Mutant> disks() {
        return List.of(
                server("skip-sync", "the log is acknowledged while it is in the page cache")
                        .under(SET, "power-loss-majority")
                        .violates(LONG, "set-full", "linearizability", "recovery"),
                server("wal-default", "a damaged log is opened as far as it is readable")
                        .under(SET, "damage-and-lag")
                        .violates(LONG, "set-full", "survival", "logs"),
                server("vote-not-persisted", "only the first term and vote reach the disk")
                        .under(REGISTER, "isolate-leader", "kill-all")
                        .violates(LONGEST, "leaders"),
                server("snapshot-drops-a-key", "a snapshot lacks one of the instances")
                        .under(SET, "wipe")
                        .violates(LONG, "state-hashes", "set-full"),
                server("index-not-rebuilt", "what a node stored is not all listed after its restart")
                        .under(SET, "kill-one")
                        .violates(LONG, "set-full"),
                // Not with a leader that is killed: it starts anew, knows of none, and so asks for one, which heals
                // all.
                server("no-second-election", "a node that has known a leader asks for no other")
                        .under(SET, "isolate-leader")
                        .violates(USUAL, "recovery"));
    }

    private static List<Mutant> origins() {
        return List.of(
                server("snapshot-overwrites-local", "what a peer lists as it starts replaces what is local")
                        .under(CHURN, "kill-one")
                        .violates(LONG, "registrations", "convergence"),
                server("digest-deletes-absent", "what a peer that joins does not list is deleted")
                        .under(CHURN, "kill-one")
                        .violates(LONG, "registrations", "convergence"),
                server("dropped-delta", "a change is lost between two nodes, and digests are not compared")
                        .under(CHURN)
                        .violates(SHORT, "origins", "registrations", "convergence"),
                server("hidden-delta", "a change is counted in a peer's digest, and not shown")
                        .under(CHURN)
                        .violates(SHORT, "registrations", "convergence"),
                server("removal-not-told", "peers are not told of what is gone")
                        .under(CHURN)
                        .violates(SHORT, "zombies", "convergence"),
                server("resurrection", "a session's later epoch does not void its earlier ones")
                        .under(CHURN, "kill-briefly")
                        .violates(LONGEST, "resurrection", "zombies", "convergence"),
                server("no-tombstone", "the record of a moved session is erased as the session ends")
                        .under(HEIRS, "kill-briefly")
                        .violates(LONGEST, "resurrection", "zombies"),
                server("expiry-by-minority", "a node that is cut off declares the others dead")
                        .under(MIXED, "long-partition")
                        .violates(TWO_CUTS, "registrations", "watch-flaps"),
                server("dead-node-never-expires", "what a dead node's clients left stays for ever")
                        .under(CHURN, "kill-one", "kill-client")
                        .violates(LONG, "zombies", "convergence"),
                server("no-relink", "a broken link between two nodes is not opened again")
                        .under(CHURN, "reset")
                        .violates(LONG, "recovery", "convergence", "registrations"),
                server("ap-needs-raft", "ephemeral writes wait for a Raft leader")
                        .under(CHURN, "partition-halves")
                        .violates(LONGEST, "availability", "zombies"));
    }

    private static List<Mutant> sessions() {
        return List.of(
                server("zombie", "a lost connection is not noticed")
                        .under(CHURN, "kill-client")
                        .violates(USUAL, "zombies"),
                server("no-resume-window", "who loses the connection loses the session")
                        .under(MIXED, "reset-clients")
                        .violates(LONG, "watch-flaps", "registrations"));
    }

    private static List<Mutant> views() {
        return List.of(
                server("revision-not-bumped", "an instance that is registered again makes no new view")
                        .under(CHURN)
                        .violates(SHORT, "watch-final", "convergence", "registrations"),
                server("drop-last-push", "a watcher is spared a view that comes soon after another")
                        .under(CHURN)
                        .violates(SHORT, "watch-final"),
                server("push-reorder", "now and then a view is overtaken by the next one")
                        .under(CHURN)
                        .violates(SHORT, "watch-order", "watch-final"),
                server("empty-push", "a node that starts takes the nothing that it knows for the truth")
                        .under(CHURN, "kill-one")
                        .violates(LONG, "watch-empty", "watch-flaps"),
                server("unbounded-queue", "every view that a watcher cannot take yet is kept")
                        .under(BULKY, "freeze-watcher")
                        .violates(LONGEST, "survival", "growth"),
                server("namespace-leak", "a service is listed with those of its name in all namespaces")
                        .under(CHURN)
                        .violates(SHORT, "namespaces"),
                server("cached-find", "each thread answers from what it last looked up")
                        .under(REVISION)
                        .violates(SHORT, "sessions", "minimum-revision"));
    }

    private static List<Mutant> processes() {
        return List.of(
                server("thread-leak", "registrations leave threads behind")
                        .under(CHURN)
                        .violates(USUAL, "growth"),
                server("file-leak", "registrations leave files open")
                        .under(CHURN)
                        .violates(USUAL, "growth"));
    }

    private static List<Mutant> clients() {
        return List.of(
                client("lost-redo", "a client that moves does not bring its instances")
                        .under(CHURN, "kill-one")
                        .violates(LONG, "registrations", "convergence"),
                client("lost-watch", "a client that moves does not watch again")
                        .under(CHURN, "kill-one")
                        .violates(LONG, "watch-final"));
    }

    private static Draft server(String name, String description) {
        return new Draft(name, description, Mutant.Place.SERVERS, "", List.of());
    }

    private static Draft client(String name, String description) {
        return new Draft(name, description, Mutant.Place.CLIENTS, "", List.of());
    }

    /** A mutant half said. */
    private record Draft(String name, String description, Mutant.Place place, String workload, List<String> nemeses) {
        Draft under(String nextWorkload, String... nextNemeses) {
            return new Draft(name, description, place, nextWorkload, List.of(nextNemeses));
        }

        Mutant violates(Duration time, String... checks) {
            return new Mutant(name, description, place, workload, nemeses, time, List.of(checks));
        }
    }
}
