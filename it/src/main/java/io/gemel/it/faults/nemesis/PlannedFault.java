package io.gemel.it.faults.nemesis;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param from when it begins, after the start of the fault phase
 * @param to when it is healed
 * @param name the nemesis
 * @param target whom it shall meet, in words that a seed determines: s2, leader, follower, majority, all, s1>s2
 * @param injection how
 */
public record PlannedFault(Duration from, Duration to, String name, String target, Injection injection) {}
