package io.gemel.naming;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is registered under one service at one revision. Immutable, shared by every reader and every push.
 *
 * <p>It encodes itself at most once per wire format; those bytes serve all who need them.
 */
public final class ServiceView {
    private final ServiceId service;
    private final long revision;
    private final List<Registration> registrations;
    private final double protectionThreshold;
    private final Map<String, String> metadata;
    private final boolean protectionReached;
    private @Nullable IdentityHashMap<WireFormat<?>, Object> encoded;

    /** A view of a service for which operators set nothing. */
    public ServiceView(ServiceId service, long revision, List<Registration> registrations) {
        this(service, revision, registrations, ServiceSettings.NONE);
    }

    /**
     * A view; {@code registrations} must be sorted by key.
     *
     * @param revision grows with every change of the service on one server; not comparable between servers
     * @param settings what operators set for the service, of which the typed metadata is no part of a view
     */
    public ServiceView(ServiceId service, long revision, List<Registration> registrations, ServiceSettings settings) {
        this.service = service;
        this.revision = revision;
        this.registrations = List.copyOf(registrations);
        this.protectionThreshold = settings.protectionThreshold();
        this.metadata = settings.metadata();
        this.protectionReached = protectionThreshold > 0 && tally().below(protectionThreshold);
    }

    public ServiceId service() {
        return service;
    }

    /** Grows with every change of the service on one server; not comparable between servers. */
    public long revision() {
        return revision;
    }

    /** Sorted by key, without duplicates. */
    public List<Registration> registrations() {
        return registrations;
    }

    /** See {@link ServiceSettings#protectionThreshold()}. */
    public double protectionThreshold() {
        return protectionThreshold;
    }

    /**
     * Whether so few of the enabled instances are healthy that callers should use the unhealthy ones too. What the instances say of
     * their health stays as it is.
     */
    public boolean protectionReached() {
        return protectionReached;
    }

    /** What operators attached to the service. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** How many instances there are, by state. */
    public Tally tally() {
        int enabled = 0;
        int healthy = 0;
        for (Registration registration : registrations) {
            if (registration.instance().enabled()) {
                enabled++;
                healthy += registration.instance().healthy() ? 1 : 0;
            }
        }
        return new Tally(registrations.size(), enabled, healthy);
    }

    /**
     * How many instances a service has.
     *
     * @param enabled of all
     * @param healthy of the enabled ones
     */
    public record Tally(int instances, int enabled, int healthy) {
        /** Whether a smaller share than {@code threshold} of the enabled ones is healthy; of none at all, none is missing. */
        public boolean below(double threshold) {
            return enabled > 0 && healthy < threshold * enabled;
        }
    }

    /** The instances alone, sorted by key. */
    public List<Instance> instances() {
        return registrations.stream().map(Registration::instance).toList();
    }

    /** What is registered at {@code key}. */
    public Optional<Registration> find(InstanceKey key) {
        int at = SortedRegistrations.position(registrations, key);
        return at < 0 ? Optional.empty() : Optional.of(registrations.get(at));
    }

    /** Whether nothing is registered. */
    public boolean isEmpty() {
        return registrations.isEmpty();
    }

    /** This view in {@code format}, encoded by the first caller and shared by the rest. */
    @SuppressWarnings("unchecked") // a format's entry is only ever what that format encoded
    public synchronized <T> T as(WireFormat<T> format) {
        if (encoded == null) {
            encoded = new IdentityHashMap<>(2);
        }
        Object bytes = encoded.get(format);
        if (bytes == null) {
            bytes = format.encode(this);
            encoded.put(format, bytes);
        }
        return (T) bytes;
    }

    @Override
    public String toString() {
        return service + "@" + revision + registrations;
    }
}
