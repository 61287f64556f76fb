package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.bootstrap.cli.ExitHook;
import io.gemel.bootstrap.cli.MemberText;
import io.gemel.naming.ClusterMembers;
import io.gemel.naming.Member;
import io.gemel.naming.Membership;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one node as this process, until it is asked to end. */
final class Server {
    private static final int FAILED = 1;

    /** How the doors and Raft begin when a port cannot be had. */
    private static final Pattern PORT_TAKEN = Pattern.compile("^\\w+ port\\b.*\\b(cannot bind|cannot be bound)\\b");

    private Server() {}

    /** Does not return once the node has started. Throws {@link StartRefused} if it cannot. */
    static int run(ServerConfig settings, PrintWriter out) throws InterruptedException {
        Logger log = LoggerFactory.getLogger(Server.class); // not static: the level is set by a flag
        settings.warning().ifPresent(log::warn);
        DataDir dataDir = DataDir.take(settings.dataDir());
        ServerConfig config = met(settings, dataDir);
        NodeIdentity identity = NodeIdentity.claim(dataDir, config, InstantSource.system());
        GemelNode node = new GemelNode(config, identity, failure -> {
            log.error("the node cannot go on and stops", failure);
            Runtime.getRuntime().halt(FAILED);
        });
        start(node);
        warnOfStrangers(identity, node.membership().members());
        enter(config, identity, node);
        ExitHook.runThenExitCleanly(() -> {
            log.info("stopping");
            node.stop();
            dataDir.close();
            log.info("stopped");
        });
        node.whenReady(() -> {
            out.println(readyLine(config));
            out.flush();
        });
        awaitNewsOfMembers(identity, node.membership());
        if (!identity.addressesSet().isEmpty()) {
            identity.overtaken(dataDir);
        }
        new CountDownLatch(1).await();
        return 0;
    }

    /** {@code config}, once it is known whom this node joins, if it does. */
    private static ServerConfig met(ServerConfig config, DataDir dataDir) throws InterruptedException {
        boolean unused = dataDir.read().isEmpty();
        return unused && !config.join().isEmpty() ? config.joining(new Joining(config, List.of()).meet()) : config;
    }

    /** Sees to it that a node that joins is added. One that was before knows it from its log, unless it was stopped before it had any. */
    private static void enter(ServerConfig config, NodeIdentity identity, GemelNode node) throws InterruptedException {
        ClusterMembers known = node.membership().members();
        boolean added = known.revision() > 0 && known.find(identity.nodeId()).isPresent();
        if (identity.joined() && !added) {
            boolean entered = false;
            try {
                new Joining(config, identity.told().met()).enter();
                entered = true;
            } finally {
                if (!entered) {
                    node.stop();
                }
            }
        } else if (!config.join().isEmpty() && known.present().size() <= 1) {
            LoggerFactory.getLogger(Server.class)
                    .warn(
                            "join: without effect: the data directory {} belongs to {}, which is a cluster of its own; to join"
                                    + " another one, start it with an empty directory",
                            config.dataDir(),
                            identity.nodeId());
        }
    }

    /** Whoever writes a new node into {@code --members} means that it should be a member, which that alone does not do. */
    private static void warnOfStrangers(NodeIdentity identity, ClusterMembers known) {
        List<Member> strangers = identity.addressesSet().stream()
                .filter(member -> known.revision() > 0)
                .filter(member -> known.present().stream()
                        .noneMatch(entry -> entry.member().id().equals(member.id())))
                .toList();
        for (Member stranger : strangers) {
            LoggerFactory.getLogger(Server.class)
                    .warn(
                            "members: {} is not a member of the cluster; 'gemel cluster add {}' takes it in, or 'gemel server"
                                    + " --join' on it",
                            stranger.id(),
                            MemberText.of(stranger));
        }
    }

    /** Waits until the log says more of the members than it did at the start, if the operator's word counts for more until then. */
    private static void awaitNewsOfMembers(NodeIdentity identity, Membership membership) throws InterruptedException {
        long atStart = membership.members().revision();
        CountDownLatch never = new CountDownLatch(1);
        while (!identity.addressesSet().isEmpty() && membership.members().revision() == atStart) {
            boolean unused = never.await(1, TimeUnit.SECONDS);
        }
    }

    private static void start(GemelNode node) {
        try {
            node.start();
        } catch (IllegalStateException failure) {
            throw new StartRefused(
                    Code.CANNOT_START,
                    String.valueOf(failure.getMessage()),
                    PORT_TAKEN.matcher(String.valueOf(failure.getMessage())).find()
                            ? "stop what listens there, or move this node: --base-port moves all of its ports, --http-port one, --members says"
                                    + " where each member listens"
                            : "correct what it names, then start again",
                    failure);
        }
    }

    private static String readyLine(ServerConfig config) {
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        return "gemel ready node=%s client=%s server=%s raft=%s%s data=%s in %.1fs"
                .formatted(
                        config.self().id(),
                        at(config, config.self().clientPort()),
                        at(config, config.self().serverPort()),
                        at(config, config.self().raftPort()),
                        config.httpPort().isPresent()
                                ? " http=" + at(config, config.httpPort().getAsInt())
                                : "",
                        config.dataDir(),
                        seconds);
    }

    private static String at(ServerConfig config, int port) {
        return (config.bind().contains(":") ? "[" + config.bind() + "]" : config.bind()) + ":" + port;
    }
}
