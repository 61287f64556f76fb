package io.gemel.client;

import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Written;
import java.util.concurrent.CompletableFuture;

/**
 * What operators set for services and their addresses. Thread-safe; part of a {@link NamingService}, which says how methods fail.
 *
 * <p>What is set is agreed on by a majority of the servers, applies to ephemeral and persistent instances alike, also to those that
 * register later or again, and stays until it is cleared. Each set replaces all that was set before: who changes a part of it reads
 * first, and writes on the {@link Precondition} that nobody came between. What did not hold fails with {@code REVISION_CONFLICT}.
 */
public interface ServiceOperator {
    /**
     * What is set for a service, what came of it, and what the instances concerned were registered with. Never {@code NOT_FOUND}: of a service
     * nobody knows, nothing is set.
     *
     * @param level to change what is described, {@link ReadLevel#LINEARIZABLE}
     */
    ServiceDescription describe(ServiceId service, ReadLevel level);

    /** As {@link #describe}, without waiting. */
    CompletableFuture<ServiceDescription> describeAsync(ServiceId service, ReadLevel level);

    /** Sets what is wanted for a service as a whole; it need not have instances. */
    Written setService(ServiceId service, ServiceSettings settings, Precondition precondition);

    /** As {@link #setService}, without waiting. */
    CompletableFuture<Written> setServiceAsync(ServiceId service, ServiceSettings settings, Precondition precondition);

    /** Removes what is set for a service as a whole. Overrides stay. */
    Written clearService(ServiceId service, Precondition precondition);

    /** As {@link #clearService}, without waiting. */
    CompletableFuture<Written> clearServiceAsync(ServiceId service, Precondition precondition);

    /**
     * Sets what is wanted for an address of a service; nothing need be registered there.
     *
     * @throws RegistryException {@code BAD_REQUEST} for an override that sets nothing
     */
    Written setOverride(ServiceId service, InstanceKey key, InstanceOverride override, Precondition precondition);

    /** As {@link #setOverride}, without waiting. */
    CompletableFuture<Written> setOverrideAsync(
            ServiceId service, InstanceKey key, InstanceOverride override, Precondition precondition);

    /** Removes what is set for an address: what is registered there is as it registered. */
    Written clearOverride(ServiceId service, InstanceKey key, Precondition precondition);

    /** As {@link #clearOverride}, without waiting. */
    CompletableFuture<Written> clearOverrideAsync(ServiceId service, InstanceKey key, Precondition precondition);
}
