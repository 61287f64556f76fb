package io.gemel.client.internal;

import java.time.Duration;

/**
 * How instances are probed.
 *
 * @param interval from one round to the next
 * @param timeout of one probe
 * @param concurrency of probes
 */
public record ProbeSettings(Duration interval, Duration timeout, int concurrency) {}
