package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Probes go round and round, so many at a time, at times of each client's own, and say who takes connections. */
class ProberTest {
    private static final ProbeSettings SETTINGS = new ProbeSettings(Duration.ofSeconds(10), Duration.ofSeconds(2), 4);

    private final SimulatedTime time = new SimulatedTime();
    private final Set<InstanceKey> silent = new HashSet<>();
    private final Set<InstanceKey> refusing = new HashSet<>();
    private final List<Boolean> closed = new ArrayList<>();
    private final Map<InstanceKey, List<Boolean>> found = new HashMap<>();
    private List<InstanceKey> targets = keys(10);
    private int open;
    private int mostOpen;
    private final Probers probers = new Probers(time.clientLoop(7), time, this::dial);

    @Test
    void eachInstanceIsTriedOnceInEachRoundAndNotTooManyAtOnce() {
        begin();

        time.pass(Duration.ofMinutes(1));

        assertThat(found.keySet()).hasSize(10);
        assertThat(found.values()).allSatisfy(results -> {
            assertThat(results).hasSizeBetween(4, 8);
            assertThat(results).containsOnly(true);
        });
        assertThat(mostOpen).isEqualTo(4);
        assertThat(open).isZero();
    }

    @Test
    void whoRefusesOrDoesNotAnswerInTimeIsNotReachable() {
        refusing.add(targets.get(0));
        silent.add(targets.get(1));
        begin();

        time.pass(Duration.ofSeconds(30));

        assertThat(found.get(targets.get(0))).containsOnly(false);
        assertThat(found.get(targets.get(1))).containsOnly(false);
        assertThat(found.get(targets.get(2))).containsOnly(true);
    }

    @Test
    void clientsThatBeginTogetherDoNotProbeTogether() {
        Set<Long> beginnings = new HashSet<>();
        for (int client = 0; client < 100; client++) {
            SimulatedTime own = new SimulatedTime();
            Prober prober = new Prober(
                    own.clientLoop(client),
                    own,
                    key -> {
                        beginnings.add(own.nanos() / 10_000_000);
                        throw new IOException("as the test wants it");
                    },
                    SETTINGS,
                    () -> keys(1),
                    (key, reached) -> {});
            prober.start();
            own.pass(SETTINGS.interval());
        }

        assertThat(beginnings).hasSizeGreaterThan(80);
    }

    @Test
    void nothingGoesOnAfterItsEnd() {
        silent.addAll(targets);
        Runnable end = begin();
        time.pass(Duration.ofSeconds(11));

        end.run();
        time.settle();
        int before = closed.size();
        time.pass(Duration.ofMinutes(1));

        assertThat(open).isZero();
        assertThat(closed).hasSize(before);
    }

    @Test
    void hostNamesAreLeftOutBecauseToLookThemUpWouldBlock() {
        targets = List.of(
                key("db.example", 1), key("999.1.1.1", 1), key("1.2.3", 1), key("::1", 1), key("10.255.0.1", 1));
        begin();

        time.pass(Duration.ofSeconds(30));

        assertThat(found.keySet()).containsExactlyInAnyOrder(key("::1", 1), key("10.255.0.1", 1));
    }

    @Test
    void aRealPortIsReachableWhileSomebodyListens() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int port;
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(loopback, 0));
            port = socket.getLocalPort();
            assertThat(outcome(key(loopback.getHostAddress(), port))).isTrue();
        }
        assertThat(outcome(key(loopback.getHostAddress(), port))).isFalse();
    }

    private static boolean outcome(InstanceKey key) throws IOException {
        try (Dialing dialing = TcpDialing.to(key)) {
            return Awaitility.await()
                    .until(dialing::outcome, Optional::isPresent)
                    .orElseThrow();
        }
    }

    private Runnable begin() {
        return probers.begin(
                SETTINGS,
                () -> targets,
                (key, reached) ->
                        found.computeIfAbsent(key, absent -> new ArrayList<>()).add(reached));
    }

    private Dialing dial(InstanceKey key) {
        open++;
        mostOpen = Math.max(mostOpen, open);
        long begun = time.nanos();
        return new Dialing() {
            @Override
            public Optional<Boolean> outcome() {
                if (silent.contains(key) || time.nanos() - begun < 5_000_000) {
                    return Optional.empty();
                }
                return Optional.of(!refusing.contains(key));
            }

            @Override
            public void close() {
                open--;
                closed.add(true);
            }
        };
    }

    private static List<InstanceKey> keys(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> key("10.0.0." + i, 8080))
                .toList();
    }

    private static InstanceKey key(String ip, int port) {
        return Instance.ephemeral(ip, port).key();
    }
}
