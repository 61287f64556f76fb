package io.gemel.bootstrap;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;

/** By which names and addresses this machine goes. */
final class LocalNames {
    private static final String LOOPBACK = "localhost";

    /** The name that the machine gives itself. */
    String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return LOOPBACK;
        }
    }

    /** Whether {@code host} is this machine: its name, with or without a domain, or what resolves to one of its addresses. */
    boolean isHere(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        String own = hostName().toLowerCase(Locale.ROOT);
        if (lower.equals(own) || lower.startsWith(own + ".")) {
            return true;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (NetworkInterface.getByInetAddress(address) != null) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException | SocketException e) {
            return false; // a name that nobody knows yet is another machine's
        }
    }
}
