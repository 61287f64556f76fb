package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.bootstrap.cli.ExitHook;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
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
    static int run(ServerConfig config, PrintWriter out) throws InterruptedException {
        Logger log = LoggerFactory.getLogger(Server.class); // not static: the level is set by a flag
        config.warning().ifPresent(log::warn);
        DataDir dataDir = DataDir.take(config.dataDir());
        NodeIdentity identity = NodeIdentity.claim(dataDir, config, InstantSource.system());
        GemelNode node = new GemelNode(config, identity, failure -> {
            log.error("the node cannot go on and stops", failure);
            Runtime.getRuntime().halt(FAILED);
        });
        start(node);
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
        new CountDownLatch(1).await();
        return 0;
    }

    private static void start(GemelNode node) {
        try {
            node.start();
        } catch (IllegalStateException failure) {
            throw new StartRefused(
                    Code.CANNOT_START,
                    String.valueOf(failure.getMessage()),
                    PORT_TAKEN.matcher(String.valueOf(failure.getMessage())).find()
                            ? "stop what listens there, or move this node: --base-port moves all of its ports, --members says"
                                    + " where each member listens"
                            : "correct what it names, then start again",
                    failure);
        }
    }

    private static String readyLine(ServerConfig config) {
        double seconds = ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0;
        return "gemel ready node=%s client=%s server=%s raft=%s data=%s in %.1fs"
                .formatted(
                        config.self().id(),
                        at(config, config.self().clientPort()),
                        at(config, config.self().serverPort()),
                        at(config, config.self().raftPort()),
                        config.dataDir(),
                        seconds);
    }

    private static String at(ServerConfig config, int port) {
        return (config.bind().contains(":") ? "[" + config.bind() + "]" : config.bind()) + ":" + port;
    }
}
