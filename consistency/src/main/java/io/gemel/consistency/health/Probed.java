package io.gemel.consistency.health;

/**
 * What a check of an instance came to.
 *
 * @param finding {@link Confirmations.Finding#UNKNOWN} if this server could not make the check, which says nothing of the instance
 * @param cause in a few words; empty for a healthy instance
 */
record Probed(Confirmations.Finding finding, String cause) {
    static final Probed HEALTHY = new Probed(Confirmations.Finding.HEALTHY, "");

    static Probed unhealthy(String cause) {
        return new Probed(Confirmations.Finding.UNHEALTHY, cause);
    }

    static Probed unknown(String cause) {
        return new Probed(Confirmations.Finding.UNKNOWN, cause);
    }

    boolean healthy() {
        return finding == Confirmations.Finding.HEALTHY;
    }
}
