package io.gemel.consistency.health;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a check of an instance came to.
 *
 * @param finding {@link Confirmations.Finding#UNKNOWN} if this server could not make the check, which says nothing of the instance
 * @param cause in a few words; empty for a healthy instance
 */
record Probed(Confirmations.Finding finding, String cause) {
    static final Probed HEALTHY = new Probed(Confirmations.Finding.HEALTHY, "");

    /**
     * How the texts of the kernel end that tell of a lack of this server: of files, memory, local ports, or of a way to where the instance is.
     *
     * <p>Not among them is "no route to host": there is a way, and at its end the host does not answer. Java has no error numbers, and most of
     * these share a class with what an instance does, so the text is all there is. It is English where the locale for messages is {@code C}, which
     * the start script sees to.
     */
    private static final List<String> OWN_LACKS = List.of(
            "too many open files",
            "too many open files in system",
            "cannot allocate memory",
            "no buffer space available",
            "cannot assign requested address",
            "network is unreachable",
            "network is down");

    /** How the C libraries (glibc, musl) end what they say of a name that could not be looked up, which is not to say that nobody has it. */
    private static final List<String> NOT_LOOKED_UP = List.of(
            "temporary failure in name resolution",
            "non-recoverable failure in name resolution",
            "memory allocation failure",
            "system error",
            "try again",
            "non-recoverable error",
            "out of memory");

    static Probed unhealthy(String cause) {
        return new Probed(Confirmations.Finding.UNHEALTHY, cause);
    }

    static Probed unknown(String cause) {
        return new Probed(Confirmations.Finding.UNKNOWN, cause);
    }

    /** A check that ended in {@code failure}: unknown if that, or what caused it, is a lack of this server; else unhealthy for {@code cause}. */
    static Probed failed(Throwable failure, String cause) {
        return ownLack(failure).map(Probed::unknown).orElseGet(() -> unhealthy(cause));
    }

    /** A check of the instance at {@code host}, which {@code failure} kept from being looked up: unhealthy if nobody has that name. */
    static Probed notResolved(String host, UnknownHostException failure) {
        String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (text.equals(host.toLowerCase(Locale.ROOT))) {
            // from the JVM's cache of failures, which keeps no reasons; servers run without it
            return unknown("the name could not be looked up a moment ago");
        }
        return failed(failure, "the name is not known");
    }

    private static Optional<String> ownLack(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            // what an instance says may have any text, but comes as no IOException
            String text = each instanceof IOException
                    ? String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT)
                    : "";
            List<String> ofNames = each instanceof UnknownHostException ? NOT_LOOKED_UP : List.of();
            Optional<String> lack = Stream.concat(OWN_LACKS.stream(), ofNames.stream())
                    .filter(text::endsWith)
                    .findFirst();
            if (lack.isPresent()) {
                return lack;
            }
        }
        return Optional.empty();
    }

    boolean healthy() {
        return finding == Confirmations.Finding.HEALTHY;
    }
}
