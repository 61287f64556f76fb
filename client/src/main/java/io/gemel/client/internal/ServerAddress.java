package io.gemel.client.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a client door listens.
 *
 * @param host a name or an address, without brackets
 * @param port 1..65535
 */
public record ServerAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile(
            "(?:\\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)]|([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9.])):(\\d{1,5})");
    private static final Pattern LITERAL = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|.*:.*");

    /** Parses host:port or [host]:port. Throws {@link IllegalArgumentException} for anything else. */
    public static ServerAddress parse(String address) {
        Matcher matcher = FORM.matcher(address);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "server: '" + address + "' (expected: host:port, or [host]:port for IPv6)");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("server: '" + address + "' (expected: a port in 1..65535)");
        }
        String bracketed = matcher.group(1);
        String host = bracketed == null ? matcher.group(2) : bracketed;
        if (!hasAuthority(host, port)) {
            throw new IllegalArgumentException("server: '" + address
                    + "' (expected: a host name whose last label begins with a letter, or an IPv4 or [IPv6] address)");
        }
        return new ServerAddress(host, port);
    }

    /** gRPC names a server by this authority, and throws where a channel is opened to one that has none. */
    private static boolean hasAuthority(String host, int port) {
        try {
            var unused = new URI(null, null, host, port, null, null, null);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Throws {@link IllegalArgumentException} unless {@code address} has the form of one. */
    public static void check(String address) {
        var unused = parse(address);
    }

    static boolean valid(String address) {
        try {
            check(address);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether {@link #host()} needs no look-up. */
    boolean literal() {
        return LITERAL.matcher(host).matches();
    }
}
