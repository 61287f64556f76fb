package io.gemel.naming;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
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
    private volatile @Nullable Way way;
    private volatile long digest; // 0: not known yet, or truly 0, and then made anew each time

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
     * Whether so few of the enabled instances are healthy, and not suspect, that callers should use the others too. What the instances
     * say of their health stays as it is.
     */
    public boolean protectionReached() {
        return protectionReached;
    }

    /** What operators set for the service, as far as a view shows it: nothing typed. */
    ServiceSettings settings() {
        return new ServiceSettings(protectionThreshold, metadata, TypedMetadata.NONE);
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
            if (registration.instance().enabled() && !registration.unselected()) {
                enabled++;
                healthy += registration.instance().healthy() && !registration.suspect() ? 1 : 0;
            }
        }
        return new Tally(registrations.size(), enabled, healthy);
    }

    /**
     * How many instances a service has.
     *
     * @param enabled of all, without those that the service's selector leaves out
     * @param healthy of the enabled ones, and not suspect
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

    /** What is registered at {@code ip} and {@code port}, in whichever clusters. Looked up, not looked for. */
    public List<Registration> at(String ip, int port) {
        int from = SortedRegistrations.firstAt(registrations, ip, port);
        int to = from;
        while (to < registrations.size() && registrations.get(to).key().isAt(ip, port)) {
            to++;
        }
        return registrations.subList(from, to);
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

    /**
     * How this view came of {@code base}, an earlier one of the same service and server, in {@code format}; empty if this view says as
     * much in no more bytes. What was encoded for the most recent base is shared by all who ask for it: they were sent the
     * view before this one. Who has an older one is behind, and has it encoded for itself. Any thread; no lock.
     */
    @SuppressWarnings("unchecked") // a format's way is only ever what that format encoded
    public <T> Optional<T> since(ServiceView base, ViewDelta.Format<T> format) {
        Way known = way;
        if (known != null && known.fromRevision == base.revision() && known.format == format) {
            return (Optional<T>) known.encoded;
        }
        Optional<T> delta = ViewDelta.between(base, this).map(format::encode);
        if (known == null || known.fromRevision < base.revision()) {
            way = new Way(
                    base.revision(),
                    format,
                    delta); // of the base its revision alone, or each view would keep its predecessors
        }
        return delta;
    }

    /** An encoded delta that leads here. */
    private record Way(long fromRevision, ViewDelta.Format<?> format, Optional<?> encoded) {}

    /**
     * A digest of all that this view shows but its revision, whatever the order: views of equal content have equal ones. How it is
     * made is said in {@link ContentDigest}; the first to ask waits for a hash of everything, unless a delta led here.
     */
    long digest() {
        return digest(this::contentDigest);
    }

    /** As {@link #digest()}; the first who asks makes it by {@code how}. */
    long digest(LongSupplier how) {
        long known = digest;
        if (known == 0) {
            known = how.getAsLong();
            digest = known;
        }
        return known;
    }

    private long contentDigest() {
        long sum = ContentDigest.of(protectionThreshold, metadata);
        for (Registration registration : registrations) {
            sum += ContentDigest.of(registration);
        }
        return sum;
    }

    @Override
    public String toString() {
        return service + "@" + revision + registrations;
    }
}
