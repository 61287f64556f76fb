package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.MemberText;
import io.gemel.naming.GuardMode;
import io.gemel.naming.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One thing that can be set. The flag, the environment variable, the key of the file, the help text and
 * {@code --print-config} all derive from the rows of {@link #ALL}.
 *
 * @param name its key in a file
 * @param defaultText what holds when nobody sets it; empty if it is then derived from others
 * @param description one sentence for the help text
 * @param form how its text is read
 */
record Setting<T>(String name, String defaultText, String description, ValueForm<T> form) {
    static final Setting<Optional<String>> NODE_ID = new Setting<>(
            "node-id",
            "",
            "This node's id; made at the first start and kept in the data directory, unless members are set",
            ValueForm.optional(ValueForm.IDENTIFIER));
    static final Setting<String> CLUSTER_NAME = new Setting<>(
            "cluster-name", "gemel", "Nodes of different clusters refuse each other", ValueForm.IDENTIFIER);
    static final Setting<Path> DATA_DIR = new Setting<>(
            "data-dir", "./data", "Where this node keeps its identity, its log and its store", ValueForm.DIRECTORY);
    static final Setting<Optional<String>> BIND = new Setting<>(
            "bind",
            "",
            "The address to listen at; alone the loopback address, in a cluster this node's host",
            ValueForm.optional(ValueForm.HOST_NAME));
    static final Setting<Optional<String>> HOST = new Setting<>(
            "host",
            "",
            "The address that clients and other nodes are told; what members says of this node, else the bind address",
            ValueForm.optional(ValueForm.HOST_NAME));
    static final Setting<Integer> BASE_PORT = new Setting<>(
            "base-port",
            "8848",
            "The port that the others follow: HTTP here, clients +1000, servers +1001, Raft -1000",
            ValueForm.number(MemberText.BASE_MIN, MemberText.BASE_MAX));
    static final Setting<OptionalInt> CLIENT_PORT = new Setting<>(
            "client-port", "", "Where clients connect, if not at base-port + 1000", ValueForm.derivedPort());
    static final Setting<OptionalInt> SERVER_PORT = new Setting<>(
            "server-port", "", "Where other servers connect, if not at base-port + 1001", ValueForm.derivedPort());
    static final Setting<OptionalInt> RAFT_PORT =
            new Setting<>("raft-port", "", "Where Raft listens, if not at base-port - 1000", ValueForm.derivedPort());
    static final Setting<OptionalInt> HTTP_PORT = new Setting<>(
            "http-port",
            "",
            "Where HTTP is served, if not at the client port - 1000, where Nacos clients look for it",
            ValueForm.derivedPort());
    static final Setting<List<Member>> MEMBERS = new Setting<>(
            "members",
            "",
            "The nodes that found the cluster, this one too: s1=host:base-port or s1=host:client/server/raft,"
                    + " separated by commas; later only where members are now",
            MemberList.FORM);
    static final Setting<Optional<Path>> CLUSTER_CONF = new Setting<>(
            "cluster-conf",
            "",
            "Nacos's cluster.conf, a line host:port for each node, instead of members; ids are made of host and port,"
                    + " and this node's line is the one with its host and base-port",
            ValueForm.optional(ValueForm.FILE));
    static final Setting<List<String>> JOIN = new Setting<>(
            "join",
            "",
            "Client addresses of members that take this node into their cluster, separated by commas; without effect"
                    + " once the data directory is a member's",
            ValueForm.SERVERS);
    static final Setting<Duration> ELECTION_TIMEOUT = new Setting<>(
            "election-timeout",
            "1s",
            "How long Raft waits for a silent leader before it elects another",
            ValueForm.duration(Duration.ofMillis(100), Duration.ofMinutes(1)));
    static final Setting<Duration> REQUEST_TIMEOUT = new Setting<>(
            "request-timeout",
            "5s",
            "How long a persistent write or a linearizable read may take before it is given up; two fifths of that while"
                    + " there is no leader",
            ValueForm.duration(Duration.ofMillis(100), Duration.ofMinutes(5)));
    static final Setting<Duration> SNAPSHOT_INTERVAL = new Setting<>(
            "snapshot-interval",
            "5m",
            "How often the log of persistent writes is shortened; bounds disk use and restart time",
            ValueForm.duration(Duration.ofSeconds(1), Duration.ofDays(1)));
    static final Setting<Long> SNAPSHOT_LOG_BYTES = new Setting<>(
            "snapshot-log-bytes",
            "64MiB",
            "How much is written to the log of persistent writes before it is shortened, however soon; bounds disk use",
            ValueForm.bytes(1L << 20, 1L << 40));
    static final Setting<Long> SNAPSHOT_BYTES_PER_SECOND = new Setting<>(
            "snapshot-bytes-per-second",
            "64MiB",
            "How fast this node sends its snapshot to others that lack it, and takes over one",
            ValueForm.bytes(1L << 16, 1L << 40));
    static final Setting<Long> MIN_FREE_BYTES = new Setting<>(
            "min-free-bytes",
            "64MiB",
            "With less free space in the data directory this node takes no persistent writes",
            ValueForm.bytes(0, 1L << 50));
    static final Setting<Duration> RESUME_WINDOW = new Setting<>(
            "resume-window",
            "2s",
            "How long the instances of a lost client stay, so that it can come back without a gap",
            ValueForm.duration(Duration.ZERO, Duration.ofMinutes(10)));
    static final Setting<Duration> PEER_DOWN_AFTER = new Setting<>(
            "peer-down-after",
            "3s",
            "How long a silent node is only suspected",
            ValueForm.duration(Duration.ofMillis(200), Duration.ofMinutes(10)));
    static final Setting<Duration> PEER_GRACE = new Setting<>(
            "peer-grace",
            "5s",
            "How long the clients of a node that is down may take to resume elsewhere, counted anew from each that does;"
                    + " six times as long in all",
            ValueForm.duration(Duration.ZERO, Duration.ofMinutes(10)));
    static final Setting<Duration> DIGEST_INTERVAL = new Setting<>(
            "digest-interval",
            "500ms",
            "How often nodes send each other a sign of life with their digest; bounds how long a lost update goes"
                    + " unnoticed",
            ValueForm.duration(Duration.ofMillis(50), Duration.ofMinutes(1)));
    static final Setting<Integer> MAX_SESSIONS = new Setting<>(
            "max-sessions",
            "20000",
            "How many client sessions this node accepts before it refuses new ones",
            ValueForm.number(1, 10_000_000));
    static final Setting<Integer> MAX_INSTANCES_PER_SESSION = new Setting<>(
            "max-instances-per-session",
            "100000",
            "How many ephemeral instances one client session may hold",
            ValueForm.number(1, 10_000_000));
    static final Setting<Integer> MAX_WATCHES_PER_SESSION = new Setting<>(
            "max-watches-per-session",
            "10000",
            "How many services one client session may watch",
            ValueForm.number(1, 10_000_000));
    static final Setting<Duration> KEEPALIVE = new Setting<>(
            "keepalive",
            "8s",
            "How long it takes at most to find a client that is frozen or unplugged: it is asked for a sign of life"
                    + " after a quarter of it",
            ValueForm.duration(Duration.ofSeconds(1), Duration.ofHours(1)));
    static final Setting<GuardMode> GUARD = new Setting<>(
            "guard",
            "on",
            "Whether ephemeral instances that are lost together, without their clients' word, stay listed as suspect"
                    + " for a while, where operators set nothing else; dry-run only says what would have stayed",
            ValueForm.GUARD);
    static final Setting<Integer> GUARD_PERCENT = new Setting<>(
            "guard-percent",
            "50",
            "The guard acts if more than so many percent of a service's instances are lost",
            ValueForm.number(0, 100));
    static final Setting<Integer> GUARD_MIN_INSTANCES = new Setting<>(
            "guard-min-instances",
            "10",
            "The guard lets services alone that have fewer instances",
            ValueForm.number(1, 10_000_000));
    static final Setting<Duration> GUARD_WINDOW = new Setting<>(
            "guard-window",
            "15s",
            "What is lost within this time counts together for the guard",
            ValueForm.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)));
    static final Setting<Duration> GUARD_HOLD = new Setting<>(
            "guard-hold",
            "5m",
            "How long instances stay as suspect that are not heard of again",
            ValueForm.duration(Duration.ofSeconds(1), Duration.ofDays(1)));
    static final Setting<Boolean> NACOS = new Setting<>(
            "nacos", "on", "Whether Nacos clients are served too, on the client port and over HTTP", ValueForm.onOff());
    static final Setting<Duration> NACOS_EMPTY_EXPIRY = new Setting<>(
            "nacos-empty-expiry",
            "1m",
            "How long a service stays that was created through Nacos's API, has no instances, and for which nothing is"
                    + " set; 0s for ever",
            ValueForm.duration(Duration.ZERO, Duration.ofDays(365)));
    static final Setting<Duration> NACOS_EMPTY_INTERVAL = new Setting<>(
            "nacos-empty-interval",
            "1m",
            "How often such services are looked for",
            ValueForm.duration(Duration.ofSeconds(1), Duration.ofDays(1)));
    static final Setting<String> LOG_LEVEL = new Setting<>(
            "log-level",
            "info",
            "How much this node logs to stderr",
            ValueForm.oneOf("error", "warn", "info", "debug", "trace"));

    /** Every setting, in the order of the help text. */
    static final List<Setting<?>> ALL = List.of(
            NODE_ID,
            CLUSTER_NAME,
            DATA_DIR,
            BIND,
            HOST,
            BASE_PORT,
            CLIENT_PORT,
            SERVER_PORT,
            RAFT_PORT,
            HTTP_PORT,
            MEMBERS,
            CLUSTER_CONF,
            JOIN,
            ELECTION_TIMEOUT,
            REQUEST_TIMEOUT,
            SNAPSHOT_INTERVAL,
            SNAPSHOT_LOG_BYTES,
            SNAPSHOT_BYTES_PER_SECOND,
            MIN_FREE_BYTES,
            RESUME_WINDOW,
            PEER_DOWN_AFTER,
            PEER_GRACE,
            DIGEST_INTERVAL,
            MAX_SESSIONS,
            MAX_INSTANCES_PER_SESSION,
            MAX_WATCHES_PER_SESSION,
            KEEPALIVE,
            GUARD,
            GUARD_PERCENT,
            GUARD_MIN_INSTANCES,
            GUARD_WINDOW,
            GUARD_HOLD,
            NACOS,
            NACOS_EMPTY_EXPIRY,
            NACOS_EMPTY_INTERVAL,
            LOG_LEVEL);

    /** The option of the command line, such as {@code --data-dir}. */
    String flag() {
        return "--" + name;
    }

    /** The environment variable, such as {@code GEMEL_DATA_DIR}. */
    String variable() {
        return Settings.VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
