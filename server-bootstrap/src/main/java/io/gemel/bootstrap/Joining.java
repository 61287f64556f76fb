package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.ClusterMembers.Entry;
import io.gemel.naming.ClusterMembers.Standing;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.gemel.transport.grpc.ClusterCalls;
import io.gemel.transport.grpc.KnownCluster;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a node with an empty data directory into a cluster that runs: asks who its members are, and once the node listens, to be one of
 * them. Waits for the cluster as long as that takes; what waiting does not mend ends the start.
 */
final class Joining {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration ADDED_MAX = Duration.ofSeconds(20);
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Logger log = LoggerFactory.getLogger(Joining.class); // not static: the level is set by a flag
    private final String clusterName;
    private final Member self;
    private final Set<String> servers = new LinkedHashSet<>();
    private String asked = "";
    private String logged = "";

    /** Asks at the addresses of {@code --join}, and those of the members {@code met} so far. */
    Joining(ServerConfig config, List<Member> met) {
        this.clusterName = config.clusterName();
        this.self = config.self();
        servers.addAll(config.join());
        met.forEach(member -> servers.add(member.clientAddress()));
        servers.remove(self.clientAddress()); // all nodes may have one list, with themselves in it
        if (servers.isEmpty()) {
            throw refused(
                    self.clientAddress() + " is where this node listens itself",
                    "name members that run; to found a cluster, start the first node without --join");
        }
    }

    /** Who the members are, as the server knows that knows most. Throws {@link StartRefused} if this node cannot be one of them. */
    ClusterMembers meet() throws InterruptedException {
        while (true) {
            Optional<KnownCluster> cluster = ask();
            if (cluster.isPresent()) {
                check(cluster.get());
                return cluster.get().members();
            }
            say("waits for a server that answers: " + asked);
            pause();
        }
    }

    /** Asks to be added until that is agreed. Throws {@link StartRefused} if it will not be. */
    void enter() throws InterruptedException {
        for (List<RegistryException> refusals = add(); !refusals.isEmpty(); refusals = add()) {
            for (RegistryException refusal : refusals) {
                if (refusal.code() == RegistryException.Code.BAD_REQUEST) {
                    throw refused(String.valueOf(refusal.getMessage()), "correct what it names, and start it anew");
                }
            }
            if (refusals.stream().anyMatch(refusal -> refusal.code() == RegistryException.Code.MEMBERSHIP_REFUSED)) {
                ask().ifPresent(this::check); // another change under way passes, what else there may be does not
            }
            say("is not added yet: "
                    + refusals.stream()
                            .map(refusal -> refusal.code() + ": " + refusal.getMessage())
                            .collect(Collectors.joining("; ")));
            pause();
        }
    }

    private Optional<KnownCluster> ask() {
        List<KnownCluster> answers = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (String server : servers) {
            try (ClusterCalls calls = new ClusterCalls(server)) {
                KnownCluster cluster = calls.list(ANSWER_MAX);
                if (!cluster.name().equals(clusterName)) {
                    throw new StartRefused(
                            Code.CANNOT_JOIN,
                            "join: %s belongs to cluster %s, this is a node of cluster %s"
                                    .formatted(server, cluster.name(), clusterName),
                            "name servers of its own cluster, or start it with --cluster-name=" + cluster.name());
                }
                answers.add(cluster);
            } catch (RegistryException refusal) {
                failures.add(String.valueOf(refusal.getMessage()));
            }
        }
        Optional<KnownCluster> newest = answers.stream()
                .max(Comparator.comparingLong(
                                (KnownCluster cluster) -> cluster.members().revision())
                        .thenComparingLong(KnownCluster::term));
        asked = String.join("; ", failures);
        return newest;
    }

    /** Why no server added this node; empty if one did. */
    private List<RegistryException> add() {
        List<RegistryException> refusals = new ArrayList<>();
        for (String server : servers) {
            try (ClusterCalls calls = new ClusterCalls(server)) {
                KnownCluster cluster = calls.add(self, ADDED_MAX);
                log.info(
                        "joined cluster={} as={} members={}",
                        clusterName,
                        self.id(),
                        cluster.present().stream()
                                .map(entry -> entry.member().id())
                                .toList());
                return List.of();
            } catch (RegistryException refusal) {
                refusals.add(refusal);
            }
        }
        return refusals;
    }

    private void check(KnownCluster cluster) {
        Optional<Entry> own = cluster.members().find(self.id());
        if (own.isPresent() && own.get().standing() == Standing.REMOVED) {
            throw refused(
                    "the node %s was removed from cluster %s, and ids are not used again"
                            .formatted(self.id(), clusterName),
                    "start it with another --node-id, or with none: then it makes one");
        }
        if (own.isPresent() && !own.get().member().equals(self)) {
            throw refused(
                    "%s is a member at %s, and this node would be at %s"
                            .formatted(self.id(), where(own.get().member()), where(self)),
                    "choose another --node-id. If it is the same node in another place, start it with its data directory;"
                            + " if that is lost, replace it: gemel cluster replace " + self.id()
                            + " NEW=HOST:PORT");
        }
        List<Member> others = cluster.present().stream()
                .map(Entry::member)
                .filter(member -> !member.id().equals(self.id()))
                .toList();
        List<Member> all = new ArrayList<>(others);
        all.add(self);
        MemberList.conflict(all).ifPresent(conflict -> {
            throw refused(conflict, "give this node ports of its own: --base-port moves all of them");
        });
        others.stream()
                .filter(member -> loopback(self) && !loopback(member))
                .findFirst()
                .ifPresent(far -> {
                    throw refused(
                            "this node would tell the others that it is at %s, which each of them takes for itself; %s is at %s"
                                    .formatted(self.host(), far.id(), far.host()),
                            "say with --host under which address they reach this node");
                });
    }

    private static boolean loopback(Member member) {
        try {
            return InetAddress.getByName(member.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String where(Member member) {
        return "%s (client), %d (server), %d (raft)"
                .formatted(member.clientAddress(), member.serverPort(), member.raftPort());
    }

    private static StartRefused refused(String why, String whatToDo) {
        return new StartRefused(Code.CANNOT_JOIN, "join: " + why, whatToDo);
    }

    /** Once for each new state of things. */
    private void say(String state) {
        if (!Objects.equals(logged, state)) {
            logged = state;
            log.warn("join: {} {}", self.id(), state);
        }
    }

    private static void pause() throws InterruptedException {
        LockSupport.parkNanos(AGAIN.toNanos());
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
