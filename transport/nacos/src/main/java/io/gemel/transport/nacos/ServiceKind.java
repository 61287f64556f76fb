package io.gemel.transport.nacos;

import io.gemel.naming.Durability;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceView;

/**
 * To Nacos a service is of one kind: all its instances are ephemeral, or all are persistent. In the registry each instance has its own.
 *
 * <p>Here a service is of the kind that all its instances are of; of either kind if it has both, which another door may bring about, and if it
 * has none. Two registrations of different kinds at the same moment may both pass.
 */
final class ServiceKind {
    private ServiceKind() {}

    /**
     * Throws {@link RegistryException} with {@code DURABILITY_CONFLICT}, in Nacos's words, if {@code view} is of another kind than {@code wanted}.
     *
     * @param how what Nacos calls it: register, batch register
     */
    static void check(ServiceView view, Durability wanted, String how) {
        boolean conflicts = !view.isEmpty()
                && view.registrations().stream()
                        .allMatch(registration -> registration.instance().durability() != wanted);
        if (conflicts) {
            throw new RegistryException(
                    RegistryException.Code.DURABILITY_CONFLICT,
                    "Current service %s is %s service, can't %s %s instance."
                            .formatted(
                                    Names.grouped(view.service()),
                                    wanted == Durability.EPHEMERAL ? "persistent" : "ephemeral",
                                    how,
                                    wanted == Durability.EPHEMERAL ? "ephemeral" : "persistent"));
        }
    }
}
