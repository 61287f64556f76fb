package io.gemel.bootstrap.cli;

import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A member as people write it: {@code id=host:base-port}, or {@code id=host:client/server/raft}. */
public final class MemberText {
    /** From a node's base port to its client port. */
    public static final int CLIENT_OFFSET = 1_000;

    /** From a node's base port to its server port. */
    public static final int SERVER_OFFSET = 1_001;

    /** From a node's base port to its Raft port. */
    public static final int RAFT_OFFSET = -1_000;

    /** The lowest base port whose others are ports too. */
    public static final int BASE_MIN = 1_001;

    /** The highest base port whose others are ports too. */
    public static final int BASE_MAX = 64_534;

    private static final Pattern FORM =
            Pattern.compile("([^=]+)=(\\[[^]]+]|[^:]+):(\\d{1,5})(?:/(\\d{1,5})/(\\d{1,5}))?");

    private MemberText() {}

    /** Reads an argument of the command line. */
    static final class Converter implements ITypeConverter<Member> {
        @Override
        public Member convert(String text) {
            Member member = parse(text)
                    .orElseThrow(() -> new TypeConversionException("'" + text
                            + "' (expected: ID=HOST:PORT with the node's base port, or ID=HOST:CLIENT/SERVER/RAFT)"));
            try {
                return member.checked();
            } catch (RegistryException refusal) {
                throw new TypeConversionException("'" + text + "' (" + refusal.getMessage() + ")");
            }
        }
    }

    /** The member that {@code text} means; empty if it is not of this form. Whether its ports differ is left to others. */
    public static Optional<Member> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String bracketed = matcher.group(2);
        String host = bracketed.startsWith("[") ? bracketed.substring(1, bracketed.length() - 1) : bracketed;
        int first = Integer.parseInt(matcher.group(3));
        Member member = matcher.group(4) == null
                ? of(matcher.group(1), host, first)
                : new Member(
                        matcher.group(1),
                        host,
                        Integer.parseInt(matcher.group(5)),
                        Integer.parseInt(matcher.group(4)),
                        first);
        boolean base = matcher.group(4) != null || (first >= BASE_MIN && first <= BASE_MAX);
        return base && inRange(member) && named(member) ? Optional.of(member) : Optional.empty();
    }

    /** The member whose ports follow {@code base}. */
    private static Member of(String id, String host, int base) {
        return new Member(id, host, base + RAFT_OFFSET, base + SERVER_OFFSET, base + CLIENT_OFFSET);
    }

    /** {@code member} in the shortest form that says it all. */
    public static String of(Member member) {
        String host = member.host().contains(":") ? "[" + member.host() + "]" : member.host();
        int base = member.clientPort() - CLIENT_OFFSET;
        String ports = follows(member, base)
                ? Integer.toString(base)
                : member.clientPort() + "/" + member.serverPort() + "/" + member.raftPort();
        return member.id() + "=" + host + ":" + ports;
    }

    /** The flags of {@code gemel server} that make it listen where {@code member} does. */
    static String portFlags(Member member) {
        int base = member.clientPort() - CLIENT_OFFSET;
        return follows(member, base)
                ? "--base-port=" + base
                : "--client-port=%d --server-port=%d --raft-port=%d"
                        .formatted(member.clientPort(), member.serverPort(), member.raftPort());
    }

    private static boolean follows(Member member, int base) {
        return base >= BASE_MIN
                && base <= BASE_MAX
                && of(member.id(), member.host(), base).equals(member);
    }

    private static boolean inRange(Member member) {
        return port(member.clientPort()) && port(member.serverPort()) && port(member.raftPort());
    }

    private static boolean port(int port) {
        return port >= 1 && port <= 65_535;
    }

    private static boolean named(Member member) {
        try {
            var id = Member.checkedId("id", member.id());
            var host = Member.checkedHost("host", member.host());
            return !id.isEmpty() && !host.isEmpty();
        } catch (RegistryException refusal) {
            return false;
        }
    }
}
