package io.gemel.naming;

/** Whether {@link LossGuard} keeps what is lost together. */
public enum GuardMode {
    /** What is lost goes. */
    OFF,
    /** What is lost goes; status and log say what would have stayed. */
    DRY_RUN,
    /** What is lost together stays listed for a while, as suspect. */
    ON
}
