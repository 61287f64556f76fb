package io.gemel.bootstrap;

/**
 * How many threads serve this process's connections: one for two cores. gRPC's own default, two for each core, spreads the
 * connections so thinly that each thread wakes up for a message or two; their handlers never wait, so few are enough.
 */
final class EventLoops {
    private static final String THREADS = "io.grpc.netty.shaded.io.netty.eventLoopThreads";

    private EventLoops() {}

    /** To be called before anything of gRPC is loaded. Who has set the property {@value #THREADS} has decided already. */
    static void limit() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        if (System.getProperty(THREADS) == null) {
            System.setProperty(THREADS, Integer.toString(threads));
        }
    }
}
