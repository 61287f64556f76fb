package io.gemel.bootstrap;

import io.gemel.naming.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the list of members: {@code id=host:base-port} or {@code id=host:client/server/raft}, with commas between. */
final class MemberList {
    static final int CLIENT_OFFSET = 1_000;
    static final int SERVER_OFFSET = 1_001;
    static final int RAFT_OFFSET = -1_000;

    static final ValueForm<List<Member>> FORM = new ValueForm<>(
            "LIST", "s1=host:base-port or s1=host:client/server/raft, separated by commas", MemberList::read);

    private static final Pattern MEMBER = Pattern.compile("([^=]+)=(\\[[^]]+]|[^:]+):(\\d+)(?:/(\\d+)/(\\d+))?");

    private MemberList() {}

    /** Why these cannot be the members of one cluster: two share an id or an address. */
    static Optional<String> conflict(List<Member> members) {
        Map<String, String> owners = new HashMap<>();
        for (Member member : members) {
            List<String> claims = List.of(
                    "id " + member.id(),
                    "address " + member.host() + ":" + member.clientPort(),
                    "address " + member.host() + ":" + member.serverPort(),
                    "address " + member.host() + ":" + member.raftPort());
            for (String claim : claims) {
                String other = owners.putIfAbsent(claim, member.id());
                if (other != null) {
                    return Optional.of(
                            other.equals(member.id())
                                    ? "%s appears twice (%s)".formatted(claim, member.id())
                                    : "%s belongs to both %s and %s".formatted(claim, other, member.id()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Member>> read(String text) {
        List<Member> members = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Optional<Member> member = member(part.strip());
            if (member.isEmpty()) {
                return Optional.empty();
            }
            members.add(member.get());
        }
        return Optional.of(List.copyOf(members));
    }

    private static Optional<Member> member(String text) {
        Matcher matcher = MEMBER.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String bracketed = matcher.group(2);
        String host = bracketed.startsWith("[") ? bracketed.substring(1, bracketed.length() - 1) : bracketed;
        boolean valid = ValueForm.IDENTIFIER.read().apply(matcher.group(1)).isPresent()
                && ValueForm.HOST_NAME.read().apply(host).isPresent();
        if (!valid) {
            return Optional.empty();
        }
        if (matcher.group(4) == null) {
            return number(Setting.BASE_PORT.form(), matcher.group(3)).map(base -> member(matcher.group(1), host, base));
        }
        ValueForm<Integer> port = ValueForm.number(1, 65_535);
        return number(port, matcher.group(3))
                .flatMap(client -> number(port, matcher.group(4))
                        .flatMap(server -> number(port, matcher.group(5))
                                .map(raft -> new Member(matcher.group(1), host, raft, server, client))));
    }

    private static Optional<Integer> number(ValueForm<Integer> form, String text) {
        return form.read().apply(text);
    }

    private static Member member(String id, String host, int base) {
        return new Member(id, host, base + RAFT_OFFSET, base + SERVER_OFFSET, base + CLIENT_OFFSET);
    }
}
