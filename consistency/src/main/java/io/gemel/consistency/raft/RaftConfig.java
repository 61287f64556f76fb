package io.gemel.consistency.raft;

import io.gemel.naming.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How this node takes part in the Raft group.
 *
 * @param dataDir holds the log ({@code raft/}) and the state ({@code state/}); one node's only
 * @param cluster the cluster's name; nodes of other clusters are refused
 * @param bindHost the local address the Raft port listens on
 * @param electionTimeout how long a follower waits for a silent leader; failover then takes about one and a quarter times this.
 *     Before the first leader it waits for half a second at most. Too short, and a pause of the leader costs it the leadership. One whose process has ended is not waited for
 * @param requestTimeout how long a write or read waits for a leader and for the outcome
 * @param inFlightMax writes and reads under way at once; more are refused with {@code OVERLOADED}
 * @param storage what it may take of the disk
 * @param joins whether this node, should its directory be new, joins a cluster that runs instead of founding one
 * @param addressesSet addresses of members that the operator has changed since the last start
 */
public record RaftConfig(
        Path dataDir,
        String cluster,
        String bindHost,
        Duration electionTimeout,
        Duration requestTimeout,
        int inFlightMax,
        Storage storage,
        boolean joins,
        List<Member> addressesSet) {

    private static final long MEBIBYTE = 1024 * 1024;

    /** Throws {@link IllegalArgumentException} if a value is out of range. */
    public RaftConfig {
        addressesSet = List.copyOf(addressesSet);
        between("electionTimeout", electionTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        between("requestTimeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
        if (inFlightMax < 1) {
            throw new IllegalArgumentException("inFlightMax: " + inFlightMax + " (expected: 1 or more)");
        }
    }

    /**
     * What a node may take of its disk, and how fast.
     *
     * @param snapshotInterval how often a snapshot is taken, which shortens the log; bounds restart time
     * @param snapshotLogBytes how much is written to the log until a snapshot is taken, however long ago the last one was; the log
     *     takes some three times that
     * @param copiedBytesPerSecond how fast snapshots are sent to nodes that lack them, and taken over, by this node
     * @param freeBytesMin how much of the disk stays free: with less, writes are refused
     */
    public record Storage(
            Duration snapshotInterval, long snapshotLogBytes, long copiedBytesPerSecond, long freeBytesMin) {
        /** A snapshot each 5 minutes or 64 MiB of log, 64 MiB a second to other nodes, 64 MiB always free. */
        public static final Storage USUAL =
                new Storage(Duration.ofMinutes(5), 64 * MEBIBYTE, 64 * MEBIBYTE, 64 * MEBIBYTE);

        /** Throws {@link IllegalArgumentException} if a value is out of range. */
        public Storage {
            between("snapshotInterval", snapshotInterval, Duration.ofSeconds(1), Duration.ofDays(1));
            atLeast("snapshotLogBytes", snapshotLogBytes, MEBIBYTE);
            atLeast("copiedBytesPerSecond", copiedBytesPerSecond, 64 * 1024);
            atLeast("freeBytesMin", freeBytesMin, 0);
        }

        /** The same with a snapshot each {@code interval}. */
        public Storage withInterval(Duration interval) {
            return new Storage(interval, snapshotLogBytes, copiedBytesPerSecond, freeBytesMin);
        }
    }

    /** Settings for a cluster on a local network: replaces a silent leader in about 1.25 s, waits 5 s. */
    public static RaftConfig of(Path dataDir, String cluster, String bindHost) {
        return new RaftConfig(
                dataDir,
                cluster,
                bindHost,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                4_096,
                Storage.USUAL,
                false,
                List.of());
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " or more)");
        }
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
