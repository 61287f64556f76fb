package io.gemel.consistency.distro;

import io.gemel.naming.LamportClock;
import io.gemel.naming.Loop;
import io.gemel.naming.LossGuard;
import io.gemel.naming.Publications;
import io.gemel.naming.Readiness;
import io.gemel.naming.ServiceIndex;

/** The domain of a node that is made of little else. */
final class TestDomain {
    private TestDomain() {}

    /** With a guard that lets services of a few instances alone. */
    static DistroConsistency.Domain of(Loop loop, ServiceIndex index, Publications publications, LamportClock clock) {
        return new DistroConsistency.Domain(
                loop,
                index,
                publications,
                clock,
                new Readiness("distro"),
                new LossGuard(index, () -> 0, LossGuard.Config.USUAL));
    }
}
