package io.gemel.bootstrap;

import io.gemel.bootstrap.NodeIdentity.Told;
import io.gemel.naming.Member;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * How a {@link NodeIdentity} is written into the file of its data directory, and read from it.
 *
 * <p>Format 1 had the ids of the founders under {@code members}, and nothing of addresses; it is still read. In format 2 the HTTP
 * port may be missing, and earlier versions pass over it.
 */
final class IdentityFormat {
    private static final int FORMAT = 2;
    private static final int FORMAT_OF_IDS = 1;
    private static final Pattern COUNTER = Pattern.compile("\\d{1,18}");

    private static final String NODE_ID = "node-id";
    private static final String CLUSTER_NAME = "cluster-name";
    private static final String INCARNATION = "incarnation";
    private static final String MEMBERS = "members";
    private static final String MEMBERS_NEWS = "members-news";
    private static final String JOINED = "joined";
    private static final String HOST = "host";
    private static final String BIND = "bind";
    private static final String CLIENT_PORT = "client-port";
    private static final String SERVER_PORT = "server-port";
    private static final String RAFT_PORT = "raft-port";
    private static final String HTTP_PORT = "http-port";

    private IdentityFormat() {}

    static Map<String, String> entries(NodeIdentity identity) {
        Map<String, String> entries = new HashMap<>();
        entries.put("format", Integer.toString(FORMAT));
        entries.put(NODE_ID, identity.nodeId());
        entries.put(CLUSTER_NAME, identity.clusterName());
        entries.put(INCARNATION, Long.toString(identity.incarnation()));
        entries.put(MEMBERS, MemberList.text(identity.told().said()));
        if (!identity.told().news().isEmpty()) {
            entries.put(MEMBERS_NEWS, MemberList.text(identity.told().news()));
        }
        if (identity.joined()) {
            entries.put(JOINED, MemberList.text(identity.told().met()));
        }
        identity.listening().ifPresent(listening -> {
            entries.put(HOST, listening.host());
            listening.bind().ifPresent(bind -> entries.put(BIND, bind));
            entries.put(CLIENT_PORT, Integer.toString(listening.clientPort()));
            entries.put(SERVER_PORT, Integer.toString(listening.serverPort()));
            entries.put(RAFT_PORT, Integer.toString(listening.raftPort()));
            listening.httpPort().ifPresent(port -> entries.put(HTTP_PORT, Integer.toString(port)));
        });
        return entries;
    }

    /** Throws {@link StartRefused} if the entries of the file in {@code path} are none of an identity. */
    static NodeIdentity read(Path path, Map<String, String> entries) {
        Reader reader = new Reader(path, entries);
        String format = reader.text("format");
        boolean ofIds = format.equals(Integer.toString(FORMAT_OF_IDS));
        if (!ofIds && !format.equals(Integer.toString(FORMAT))) {
            throw DataDir.refuse(
                    path,
                    "has format %s; this version of Gemel reads formats %d and %d"
                            .formatted(format, FORMAT_OF_IDS, FORMAT),
                    "start it with the version of Gemel that wrote it, or a newer one");
        }
        return new NodeIdentity(
                reader.text(NODE_ID),
                reader.text(CLUSTER_NAME),
                reader.counter(INCARNATION),
                true,
                ofIds ? Optional.empty() : Optional.of(reader.listening()),
                ofIds ? new Told(List.of(), List.of(), List.of(), reader.ids()) : reader.told());
    }

    /** Reads entry by entry. */
    private record Reader(Path path, Map<String, String> entries) {
        String text(String key) {
            return optional(key).orElseThrow(() -> damaged(key + " is missing"));
        }

        Optional<String> optional(String key) {
            return Optional.ofNullable(entries.get(key));
        }

        long counter(String key) {
            String text = text(key);
            if (!COUNTER.matcher(text).matches()) {
                throw damaged(key + " is '" + text + "' (expected: a number)");
            }
            return Long.parseLong(text);
        }

        List<String> ids() {
            return List.of(text(MEMBERS).split(","));
        }

        Told told() {
            return new Told(
                    members(text(MEMBERS)),
                    members(optional(MEMBERS_NEWS).orElse("")),
                    members(optional(JOINED).orElse("")),
                    List.of());
        }

        Listening listening() {
            return new Listening(
                    text(HOST),
                    optional(BIND),
                    port(CLIENT_PORT),
                    port(SERVER_PORT),
                    port(RAFT_PORT),
                    optional(HTTP_PORT).isPresent() ? OptionalInt.of(port(HTTP_PORT)) : OptionalInt.empty());
        }

        private int port(String key) {
            String text = text(key);
            return ValueForm.number(1, 65_535)
                    .read()
                    .apply(text)
                    .orElseThrow(() -> damaged(key + " is '" + text + "' (expected: 1..65535)"));
        }

        private List<Member> members(String text) {
            return MemberList.FORM.read().apply(text).orElseThrow(() -> damaged("'" + text + "' are no members"));
        }

        private StartRefused damaged(String what) {
            return DataDir.refuse(
                    path, "has a damaged %s: %s".formatted(DataDir.IDENTITY_FILE, what), DataDir.restore(path));
        }
    }
}
