package io.gemel.bootstrap;

import io.gemel.bootstrap.StartRefused.Code;
import io.gemel.bootstrap.cli.MemberText;
import io.gemel.naming.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Nacos's list of the members, {@code cluster.conf} or {@code NACOS_SERVERS}, as {@code members} and {@code node-id}.
 *
 * <p>An id is made of a line's host and port alone, so every node that reads the list makes the same ones, at each start.
 */
final class ClusterConf {
    private static final Pattern LINE = Pattern.compile("(\\[[^]]+]|[^:\\s]+)(?::(\\d{1,5}))?");
    private static final int ID_MAX = 64;

    /** A line and where it stands. */
    private record Line(String text, String where) {}

    /** What a line says. */
    private record Listed(Member member, int port) {}

    private ClusterConf() {}

    /**
     * {@code settings}, with what a list says in place of {@code members} and {@code node-id}, if there is a list.
     *
     * @param kept the id that the data directory has
     * @param here whether a host is this machine, where nothing is set that says so
     */
    static Settings complete(Settings settings, Optional<String> kept, Predicate<String> here) {
        Optional<Path> file = settings.value(Setting.CLUSTER_CONF);
        if (file.isPresent()) {
            for (Setting<?> other : List.of(Setting.MEMBERS, Setting.JOIN)) {
                if (settings.isGiven(other)) {
                    throw settings.refuse(Setting.CLUSTER_CONF, other.name() + " is set too; expected: one of the two");
                }
            }
            return complete(settings, "file " + file.get(), lines(file.get()), kept, here);
        }
        return settings.nacosServers()
                .map(text -> complete(settings, NacosEnvironment.SERVERS_SOURCE, lines(text), kept, here))
                .orElse(settings);
    }

    private static Settings complete(
            Settings settings, String source, List<Line> lines, Optional<String> kept, Predicate<String> here) {
        int base = settings.value(Setting.BASE_PORT);
        Map<String, Line> met = new HashMap<>();
        List<Listed> listed = new ArrayList<>();
        for (Line line : lines) {
            Listed one = listed(line, base);
            Line earlier = met.putIfAbsent(one.member().id(), line);
            if (earlier != null) {
                throw refuse(
                        "%s: '%s' is there already, as '%s' at %s"
                                .formatted(line.where(), line.text(), earlier.text(), earlier.where()),
                        "remove one of the two: each node has one line");
            }
            listed.add(one);
        }
        if (listed.isEmpty()) {
            throw refuse(source + " lists no member", "write a line host:port for each node, this one too");
        }
        Member self = own(settings, source, listed, kept, here);
        List<Member> members = listed.stream().map(Listed::member).toList();
        return settings.completed(
                Map.of(Setting.MEMBERS.name(), MemberList.text(members), Setting.NODE_ID.name(), self.id()), source);
    }

    private static Member own(
            Settings settings, String source, List<Listed> listed, Optional<String> kept, Predicate<String> here) {
        Optional<String> id = settings.value(Setting.NODE_ID).or(() -> kept);
        if (id.isPresent()) {
            return listed.stream()
                    .map(Listed::member)
                    .filter(member -> member.id().equals(id.get()))
                    .findFirst()
                    .orElseThrow(() -> refuse(
                            "%s lists no member with the id of this node, %s, but %s"
                                    .formatted(source, id.get(), ids(listed)),
                            "list it; a node that has moved keeps its id, which --members=%s=HOST:PORT,... says"
                                    .formatted(id.get())));
        }
        Optional<String> host = settings.value(Setting.HOST);
        Predicate<String> own = host.isPresent() ? host.get()::equalsIgnoreCase : here;
        List<Listed> ours =
                listed.stream().filter(one -> own.test(one.member().host())).toList();
        if (settings.isGiven(Setting.BASE_PORT) || ours.size() > 1) {
            int base = settings.value(Setting.BASE_PORT);
            ours = ours.stream().filter(one -> one.port() == base).toList();
        }
        if (ours.size() != 1) {
            throw refuse(
                    "%s: %s of its lines are this node's own, at %s with base port %d, but %s"
                            .formatted(
                                    source,
                                    ours.isEmpty() ? "none" : "several",
                                    host.orElse("an address of this machine"),
                                    settings.value(Setting.BASE_PORT),
                                    ids(listed)),
                    "say which line it is with --host and --base-port, or with --node-id; list it if it is not there");
        }
        return ours.get(0).member();
    }

    private static String ids(List<Listed> listed) {
        return listed.stream().map(one -> one.member().id()).collect(Collectors.joining(", "));
    }

    private static Listed listed(Line line, int base) {
        Matcher matcher = LINE.matcher(line.text());
        Optional<Member> member = Optional.empty();
        int port = base;
        if (matcher.matches()) {
            port = matcher.group(2) == null ? base : Integer.parseInt(matcher.group(2));
            member = MemberText.parse(id(matcher.group(1), port) + "=" + matcher.group(1) + ":" + port);
        }
        if (member.isEmpty()) {
            throw refuse(
                    "%s: '%s' (expected: host:port, the port %d..%d)"
                            .formatted(line.where(), line.text(), MemberText.BASE_MIN, MemberText.BASE_MAX),
                    "correct it; what else is to be said of a member, --members says");
        }
        return new Listed(member.get(), port);
    }

    /** Of a host's characters those that no id has are left out or replaced; a long one is cut, with a hash of the whole behind it. */
    private static String id(String host, int port) {
        String whole = host.toLowerCase(Locale.ROOT);
        String id = whole.replaceAll("[\\[\\]]", "").replace(':', '_').replaceFirst("^[.-]", "_");
        String end = "-" + port;
        if (id.length() + end.length() <= ID_MAX) {
            return id + end;
        }
        String hash = "-%08x".formatted(whole.hashCode());
        return id.substring(0, ID_MAX - hash.length() - end.length()) + hash + end;
    }

    private static List<Line> lines(Path file) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String raw : TextFile.lines(Setting.CLUSTER_CONF.name(), file, "host:port")) {
            number++;
            String text = raw.replaceFirst("#.*", "").strip();
            if (!text.isEmpty()) {
                lines.add(new Line(text, file + ":" + number));
            }
        }
        return lines;
    }

    private static List<Line> lines(String servers) {
        return Pattern.compile("[\\s,]+")
                .splitAsStream(servers)
                .filter(text -> !text.isEmpty())
                .map(text -> new Line(text, NacosEnvironment.SERVERS_SOURCE))
                .toList();
    }

    private static StartRefused refuse(String what, String whatToDo) {
        return new StartRefused(Code.BAD_SETTING, "members: " + what, whatToDo);
    }
}
