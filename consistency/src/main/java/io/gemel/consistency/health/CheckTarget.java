package io.gemel.consistency.health;

import io.gemel.naming.HealthRule;
import io.gemel.naming.HealthVerdict;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import io.gemel.typed.HealthCheck;
import java.util.List;

/** One registration that this node checks. Confined to the loop of the checks. */
final class CheckTarget {
    final ServiceId service;
    final InstanceKey key;
    final long revision;
    final HealthCheck check;
    final HealthRule rule;
    List<String> order;
    boolean shown;
    boolean gone;
    long dueNanos;

    /** Due at {@code dueNanos} for the first time; {@code order} is who is responsible for it, this node first. */
    CheckTarget(Found found, List<String> order, long dueNanos) {
        this.service = found.service();
        this.key = found.key();
        this.revision = found.revision();
        this.check = found.check();
        this.shown = found.shown();
        this.rule = new HealthRule(check.schedule().rise(), check.schedule().fall());
        this.order = order;
        this.dueNanos = dueNanos;
    }

    /**
     * A registration as the index has it.
     *
     * @param check what its service's settings say; {@link HealthCheck.None} for one that opted out
     * @param shown whether checks are agreed to have found it healthy
     */
    record Found(ServiceId service, InstanceKey key, long revision, HealthCheck check, boolean shown) {}

    /** Whether this is still the target for {@code found}; if so it takes over what is agreed. */
    boolean takesOver(Found found, List<String> nowOrder) {
        boolean same = revision == found.revision() && check.equals(found.check());
        if (same) {
            order = nowOrder;
            shown = found.shown();
        }
        return same;
    }

    HealthVerdict verdict(boolean healthy, String cause) {
        return new HealthVerdict(service, key, revision, healthy, cause);
    }
}
