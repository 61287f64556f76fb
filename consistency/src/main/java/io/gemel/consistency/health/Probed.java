package io.gemel.consistency.health;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
     * these share a class with what an instance does, so the text is all there is.
     */
    private static final List<String> OWN_LACKS = List.of(
            "too many open files",
            "too many open files in system",
            "cannot allocate memory",
            "no buffer space available",
            "cannot assign requested address",
            "network is unreachable",
            "network is down");

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

    private static Optional<String> ownLack(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            // what an instance says may have any text, but comes as no IOException
            String text = each instanceof IOException
                    ? String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT)
                    : "";
            Optional<String> lack = OWN_LACKS.stream().filter(text::endsWith).findFirst();
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
