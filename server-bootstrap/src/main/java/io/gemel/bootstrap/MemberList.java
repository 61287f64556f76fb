package io.gemel.bootstrap;

import io.gemel.bootstrap.cli.MemberText;
import io.gemel.naming.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the list of members: {@code id=host:base-port} or {@code id=host:client/server/raft}, with commas between. */
final class MemberList {
    static final ValueForm<List<Member>> FORM = new ValueForm<>(
            "LIST", "s1=host:base-port or s1=host:client/server/raft, separated by commas", MemberList::read);

    private MemberList() {}

    /** Why these cannot be the members of one cluster: two share an id or an address. */
    static Optional<String> conflict(List<Member> members) {
        Set<String> ids = new HashSet<>();
        Map<String, String> owners = new HashMap<>();
        for (Member member : members) {
            if (!ids.add(member.id())) {
                return Optional.of("two members have the id " + member.id());
            }
            for (int port : List.of(member.clientPort(), member.serverPort(), member.raftPort())) {
                String address = member.host() + ":" + port;
                String other = owners.putIfAbsent(address, member.id());
                if (other != null) {
                    return Optional.of(
                            other.equals(member.id())
                                    ? "%s has the address %s twice".formatted(other, address)
                                    : "address %s belongs to both %s and %s".formatted(address, other, member.id()));
                }
            }
        }
        return Optional.empty();
    }

    /** The list as {@link #FORM} reads it. */
    static String text(List<Member> members) {
        return members.stream().map(MemberText::of).collect(Collectors.joining(","));
    }

    private static Optional<List<Member>> read(String text) {
        List<Member> members = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Optional<Member> member = MemberText.parse(part.strip());
            if (member.isEmpty()) {
                return Optional.empty();
            }
            members.add(member.get());
        }
        return Optional.of(List.copyOf(members));
    }
}
