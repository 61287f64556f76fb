package io.gemel.client;

import static java.util.Objects.requireNonNull;

import io.gemel.client.internal.RegistryClient;
import io.gemel.naming.Change;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.InstanceOverride;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.naming.Written;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The operator's face of a {@link RegistryClient}: checks arguments and makes them changes. */
final class ConnectedServiceOperator implements ServiceOperator {
    private final RegistryClient client;

    ConnectedServiceOperator(RegistryClient client) {
        this.client = client;
    }

    @Override
    public ServiceDescription describe(ServiceId service, ReadLevel level) {
        return client.await(describeAsync(service, level));
    }

    @Override
    public CompletableFuture<ServiceDescription> describeAsync(ServiceId service, ReadLevel level) {
        return client.describe(requireNonNull(service, "service"), requireNonNull(level, "level"));
    }

    @Override
    public Written setService(ServiceId service, ServiceSettings settings, Precondition precondition) {
        return client.await(setServiceAsync(service, settings, precondition));
    }

    @Override
    public CompletableFuture<Written> setServiceAsync(
            ServiceId service, ServiceSettings settings, Precondition precondition) {
        return change(service, Optional.of(requireNonNull(settings, "settings")), precondition);
    }

    @Override
    public Written clearService(ServiceId service, Precondition precondition) {
        return client.await(clearServiceAsync(service, precondition));
    }

    @Override
    public CompletableFuture<Written> clearServiceAsync(ServiceId service, Precondition precondition) {
        return change(service, Optional.empty(), precondition);
    }

    @Override
    public Written setOverride(
            ServiceId service, InstanceKey key, InstanceOverride override, Precondition precondition) {
        return client.await(setOverrideAsync(service, key, override, precondition));
    }

    @Override
    public CompletableFuture<Written> setOverrideAsync(
            ServiceId service, InstanceKey key, InstanceOverride override, Precondition precondition) {
        return change(service, key, Optional.of(requireNonNull(override, "override")), precondition);
    }

    @Override
    public Written clearOverride(ServiceId service, InstanceKey key, Precondition precondition) {
        return client.await(clearOverrideAsync(service, key, precondition));
    }

    @Override
    public CompletableFuture<Written> clearOverrideAsync(
            ServiceId service, InstanceKey key, Precondition precondition) {
        return change(service, key, Optional.empty(), precondition);
    }

    private CompletableFuture<Written> change(
            ServiceId service, Optional<ServiceSettings> settings, Precondition precondition) {
        return client.write(new Change.SetService(
                requireNonNull(service, "service"), settings, requireNonNull(precondition, "precondition")));
    }

    private CompletableFuture<Written> change(
            ServiceId service, InstanceKey key, Optional<InstanceOverride> override, Precondition precondition) {
        try {
            return client.write(new Change.SetOverride(
                    requireNonNull(service, "service"),
                    requireNonNull(key, "key"),
                    override,
                    requireNonNull(precondition, "precondition")));
        } catch (RegistryException refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }
}
