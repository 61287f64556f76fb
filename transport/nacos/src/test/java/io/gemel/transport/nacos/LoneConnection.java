package io.gemel.transport.nacos;

import io.gemel.naming.AtOnceConsistency;
import io.gemel.naming.LamportClock;
import io.gemel.naming.ManualLoop;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Naming;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;
import io.gemel.naming.Sessions;
import io.gemel.naming.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** One connection without a network, over a registry whose loops run when the test says so. */
final class LoneConnection {
    /** What the push loop holds before it refuses. */
    static final int PUSH_TASKS_MAX = 1;

    final ManualLoop loop = new ManualLoop();
    final ManualLoop push = new ManualLoop(new ManualTicker(), PUSH_TASKS_MAX);
    final Sessions sessions;
    final Naming naming;
    final RefTime times = new RefTime(InstantSource.fixed(Instant.EPOCH.plusSeconds(1_000_000)));
    final LoneStream stream = new LoneStream();
    final Transport transport = Transport.of(stream);
    final NacosConnection connection;
    final AtomicLong nanos = new AtomicLong();

    LoneConnection() {
        Subscriptions subscriptions = new Subscriptions(push);
        LamportClock clock = new LamportClock();
        ServiceIndex index = new ServiceIndex(loop, subscriptions::published);
        Publications publications = new Publications(loop, index, clock);
        AtOnceConsistency consistency = new AtOnceConsistency(loop, index, publications, clock);
        Sessions.Config config = new Sessions.Config(Duration.ofSeconds(2), 20);
        sessions = new Sessions(loop, nanos::get, new Random(1), config, clock, publications, consistency);
        naming = new Naming(consistency, index, subscriptions, sessions, new Readiness());
        push.runAll();
        connection = new NacosConnection(naming, times, nanos::get, stream, gone -> {});
        connection.start();
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
