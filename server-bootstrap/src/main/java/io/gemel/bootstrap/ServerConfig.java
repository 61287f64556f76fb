package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.MemberText;
import io.gemel.consistency.cluster.Members;
import io.gemel.consistency.raft.RaftConfig;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.LossGuard;
import io.gemel.naming.Member;
import io.gemel.transport.nacos.EmptyServices;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a node is told at its start: the settings, checked against each other.
 *
 * @param clusterName nodes of other clusters are refused
 * @param dataDir where identity, log and store are kept
 * @param bind the address to listen at
 * @param members the cluster as far as it is known before the log is open, this node alone if nobody said more
 * @param standalone whether nobody said more
 * @param said the members as {@code --members} says them; empty if it does not
 * @param met the other members of the cluster that this node joins with this start; empty if it does not
 * @param join client addresses of members to ask, should the data directory be unused; empty if this node does not join others
 * @param electionTimeout how long Raft waits for a silent leader; shorter fails over sooner and errs more often under load
 * @param requestTimeout how long a persistent write or a linearizable read may take
 * @param storage what Raft may take of the disk; smaller snapshots, or more of them, restart faster and write more
 * @param resumeWindow how long a lost client may take to come back without a gap
 * @param peerDownAfter how long a silent node is only suspected
 * @param peerGrace how long the clients of a node that is down may take to resume elsewhere
 * @param digestInterval how often digests are compared; bounds how long a lost update goes unnoticed
 * @param limits what clients may take of this node
 * @param keepAlive how long a client may be silent until it is given up
 * @param guard when what is lost together stays listed as suspect
 * @param httpPort where it serves HTTP; empty if it does not serve Nacos clients
 * @param emptyServices when services go that Nacos clients created and nobody uses
 */
record ServerConfig(
        String clusterName,
        Path dataDir,
        String bind,
        Members members,
        boolean standalone,
        List<Member> said,
        List<Member> met,
        List<String> join,
        Duration electionTimeout,
        Duration requestTimeout,
        RaftConfig.Storage storage,
        Duration resumeWindow,
        Duration peerDownAfter,
        Duration peerGrace,
        Duration digestInterval,
        ClientLimits limits,
        Duration keepAlive,
        LossGuard.Config guard,
        OptionalInt httpPort,
        EmptyServices.Config emptyServices) {
    /** How many sessions this node accepts, and how many ephemeral instances and watches in each. */
    record ClientLimits(int sessions, int instancesPerSession, int watchesPerSession) {}

    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    /** Copies the lists. */
    ServerConfig {
        said = List.copyOf(said);
        met = List.copyOf(met);
        join = List.copyOf(join);
    }

    /**
     * The configuration of node {@code nodeId}, whose directory holds {@code kept}. Throws {@link StartRefused} if settings contradict
     * each other or what is kept.
     */
    static ServerConfig of(Settings settings, String nodeId, Optional<NodeIdentity> kept) {
        List<Member> said = settings.value(Setting.MEMBERS);
        List<String> join = settings.value(Setting.JOIN);
        if (!said.isEmpty() && !join.isEmpty()) {
            throw settings.refuse(
                    Setting.JOIN,
                    "members is set too; expected: members for the nodes that found a cluster, join for one that comes"
                            + " later");
        }
        if (settings.value(Setting.DIGEST_INTERVAL).multipliedBy(2).compareTo(settings.value(Setting.PEER_DOWN_AFTER))
                > 0) {
            throw settings.refuse(Setting.PEER_DOWN_AFTER, "expected: at least twice the digest-interval");
        }
        List<Member> others = said.isEmpty() ? others(settings, kept) : List.of();
        boolean standalone = said.isEmpty() && join.isEmpty() && others.isEmpty();
        Members members = said.isEmpty()
                ? cluster(alone(settings, nodeId), others)
                : new Members(nodeId, checked(settings, nodeId, said));
        return new ServerConfig(
                settings.value(Setting.CLUSTER_NAME),
                settings.value(Setting.DATA_DIR),
                settings.value(Setting.BIND)
                        .orElse(standalone ? LOOPBACK : members.self().host()),
                members,
                standalone,
                said,
                List.of(),
                join,
                settings.value(Setting.ELECTION_TIMEOUT),
                settings.value(Setting.REQUEST_TIMEOUT),
                new RaftConfig.Storage(
                        settings.value(Setting.SNAPSHOT_INTERVAL),
                        settings.value(Setting.SNAPSHOT_LOG_BYTES),
                        settings.value(Setting.SNAPSHOT_BYTES_PER_SECOND),
                        settings.value(Setting.MIN_FREE_BYTES)),
                settings.value(Setting.RESUME_WINDOW),
                settings.value(Setting.PEER_DOWN_AFTER),
                settings.value(Setting.PEER_GRACE),
                settings.value(Setting.DIGEST_INTERVAL),
                new ClientLimits(
                        settings.value(Setting.MAX_SESSIONS),
                        settings.value(Setting.MAX_INSTANCES_PER_SESSION),
                        settings.value(Setting.MAX_WATCHES_PER_SESSION)),
                settings.value(Setting.KEEPALIVE),
                guard(settings),
                httpPort(settings, members.self()),
                new EmptyServices.Config(
                        settings.value(Setting.NACOS_EMPTY_INTERVAL), settings.value(Setting.NACOS_EMPTY_EXPIRY)));
    }

    private static LossGuard.Config guard(Settings settings) {
        return new LossGuard.Config(
                settings.value(Setting.GUARD),
                settings.value(Setting.GUARD_PERCENT) / 100.0,
                settings.value(Setting.GUARD_MIN_INSTANCES),
                settings.value(Setting.GUARD_WINDOW),
                settings.value(Setting.GUARD_HOLD));
    }

    /** Whether it serves Nacos clients. */
    boolean nacos() {
        return httpPort.isPresent();
    }

    private static OptionalInt httpPort(Settings settings, Member self) {
        if (!settings.value(Setting.NACOS)) {
            return OptionalInt.empty();
        }
        int port = settings.value(Setting.HTTP_PORT).orElse(self.clientPort() - MemberText.CLIENT_OFFSET);
        if (port < 1) {
            throw settings.refuse(
                    Setting.HTTP_PORT,
                    "the client port, %d, leaves none %d below it; expected: a port, or --nacos=off"
                            .formatted(self.clientPort(), MemberText.CLIENT_OFFSET));
        }
        if (Set.of(self.clientPort(), self.serverPort(), self.raftPort()).contains(port)) {
            throw settings.refuse(
                    Setting.HTTP_PORT, "%d is another port of this node; expected: one of its own".formatted(port));
        }
        return OptionalInt.of(port);
    }

    private static List<Member> others(Settings settings, Optional<NodeIdentity> kept) {
        return kept.map(identity -> identity.others(settings.value(Setting.DATA_DIR)))
                .orElse(List.of());
    }

    private static Members cluster(Member self, List<Member> others) {
        List<Member> all = new ArrayList<>(others);
        all.add(self);
        return new Members(self.id(), all);
    }

    /** This configuration in the cluster that it joins, whose members are these. */
    ServerConfig joining(ClusterMembers cluster) {
        List<Member> others = new ArrayList<>();
        Set<String> learners = new HashSet<>();
        boolean votes = false;
        for (ClusterMembers.Entry entry : cluster.present()) {
            boolean own = entry.member().id().equals(self().id());
            votes |= own && entry.standing().votes();
            if (!own) {
                others.add(entry.member());
            }
            if (!entry.standing().votes()) {
                learners.add(entry.member().id());
            }
        }
        if (!votes) {
            learners.add(self().id());
        }
        Members all = cluster(self(), others);
        all.become(all.all(), learners);
        return new ServerConfig(
                clusterName,
                dataDir,
                bind,
                all,
                false,
                said,
                others,
                join,
                electionTimeout,
                requestTimeout,
                storage,
                resumeWindow,
                peerDownAfter,
                peerGrace,
                digestInterval,
                limits,
                keepAlive,
                guard,
                httpPort,
                emptyServices);
    }

    /** The node's own member entry. */
    Member self() {
        return members.self();
    }

    /** By setting name, what follows for the settings that can be left out. */
    Map<String, String> derived() {
        Member self = self();
        return Map.of(
                Setting.HTTP_PORT.name(),
                httpPort.isPresent() ? Integer.toString(httpPort.getAsInt()) : "",
                Setting.BIND.name(),
                bind,
                Setting.HOST.name(),
                self.host(),
                Setting.CLIENT_PORT.name(),
                Integer.toString(self.clientPort()),
                Setting.SERVER_PORT.name(),
                Integer.toString(self.serverPort()),
                Setting.RAFT_PORT.name(),
                Integer.toString(self.raftPort()));
    }

    /** What is allowed but seldom meant. */
    Optional<String> warning() {
        int size = said.size();
        return said.isEmpty() || size % 2 == 1
                ? Optional.empty()
                : Optional.of("members: an even number, %d, survives the loss of no more nodes than %d would"
                        .formatted(size, size - 1));
    }

    private static Member alone(Settings settings, String nodeId) {
        int base = settings.value(Setting.BASE_PORT);
        Member self = new Member(
                nodeId,
                settings.value(Setting.HOST).orElseGet(() -> reachable(settings.value(Setting.BIND))),
                settings.value(Setting.RAFT_PORT).orElse(base + MemberText.RAFT_OFFSET),
                settings.value(Setting.SERVER_PORT).orElse(base + MemberText.SERVER_OFFSET),
                settings.value(Setting.CLIENT_PORT).orElse(base + MemberText.CLIENT_OFFSET));
        MemberList.conflict(List.of(self)).ifPresent(conflict -> {
            Setting<?> culprit = settings.isSet(Setting.CLIENT_PORT) ? Setting.CLIENT_PORT : Setting.RAFT_PORT;
            throw settings.refuse(culprit, conflict + "; expected: three different ports");
        });
        return self;
    }

    /** What to tell clients when only the bind address is known: a wildcard is no address to connect to. */
    private static String reachable(Optional<String> bind) {
        String address = bind.orElse(LOOPBACK);
        if (!WILDCARDS.contains(address)) {
            return address;
        }
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (UnknownHostException e) {
            return LOOPBACK;
        }
    }

    private static List<Member> checked(Settings settings, String nodeId, List<Member> members) {
        MemberList.conflict(members).ifPresent(conflict -> {
            throw settings.refuse(Setting.MEMBERS, conflict + "; expected: ids and addresses that differ");
        });
        Member self = members.stream()
                .filter(member -> member.id().equals(nodeId))
                .findFirst()
                .orElseThrow(() -> settings.refuse(
                        Setting.MEMBERS,
                        "this node, %s, is not among them; expected: all nodes of the cluster".formatted(nodeId)));
        agree(settings, Setting.CLIENT_PORT, self.clientPort());
        agree(settings, Setting.SERVER_PORT, self.serverPort());
        agree(settings, Setting.RAFT_PORT, self.raftPort());
        int base = settings.value(Setting.BASE_PORT);
        if (settings.isSet(Setting.BASE_PORT) && self.clientPort() != base + MemberText.CLIENT_OFFSET) {
            throw settings.refuse(
                    Setting.BASE_PORT, "members gives %s the client port %d".formatted(nodeId, self.clientPort()));
        }
        settings.value(Setting.HOST).filter(host -> !host.equals(self.host())).ifPresent(host -> {
            throw settings.refuse(Setting.HOST, "members gives %s the host %s".formatted(nodeId, self.host()));
        });
        return members;
    }

    private static void agree(Settings settings, Setting<OptionalInt> setting, int listed) {
        OptionalInt port = settings.value(setting);
        if (port.isPresent() && port.getAsInt() != listed) {
            throw settings.refuse(setting, "members gives this node %d".formatted(listed));
        }
    }
}
