package io.gemel.bootstrap;

import java.io.PrintWriter;

/** Runs one node as this process. */
final class Server {
    private Server() {}

    static int run(ServerConfig config, PrintWriter out) {
        out.println(config);
        return 0;
    }
}
