package io.gemel.bootstrap;

/**
 * How many threads serve this process's connections: one for each core. gRPC's own default, two for each, spreads the connections so
 * thinly that each thread wakes up for a message or two; their handlers never wait.
 */
final class EventLoops {
    private static final String THREADS = "io.grpc.netty.shaded.io.netty.eventLoopThreads";

    private EventLoops() {}

    /** To be called before anything of gRPC is loaded. Who has set the property {@value #THREADS} has decided already. */
    static void limit() {
        if (System.getProperty(THREADS) == null) {
            System.setProperty(THREADS, Integer.toString(Runtime.getRuntime().availableProcessors()));
        }
    }
}
