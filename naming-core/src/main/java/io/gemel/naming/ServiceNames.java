package io.gemel.naming;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The services of a pattern that have instances, at one revision. Immutable, shared by all who watch the pattern.
 *
 * <p>It encodes itself, and how it came of its predecessor, at most once; those bytes serve all who need them.
 */
public final class ServiceNames {
    private final ServicePattern pattern;
    private final long revision;
    private final List<ServiceId> services;
    private volatile @Nullable Encoded whole;
    private volatile @Nullable Encoded way;

    /**
     * Names; {@code services} must be sorted.
     *
     * @param revision grows with every change of any pattern's names on one server; not comparable between servers
     */
    public ServiceNames(ServicePattern pattern, long revision, List<ServiceId> services) {
        this.pattern = pattern;
        this.revision = revision;
        this.services = List.copyOf(services);
    }

    public ServicePattern pattern() {
        return pattern;
    }

    /** Grows with every change on one server; not comparable between servers. */
    public long revision() {
        return revision;
    }

    /** Sorted, without duplicates. */
    public List<ServiceId> services() {
        return services;
    }

    /**
     * What leads from earlier names to later ones.
     *
     * @param fromRevision of the names that this changes; empty if it leads from none at all, to all there are
     * @param total how many there are then, by which whoever follows can tell that it has missed none
     */
    public record Change(
            ServicePattern pattern,
            Optional<Long> fromRevision,
            long revision,
            List<ServiceId> added,
            List<ServiceId> removed,
            int total) {
        /** Copies the lists. */
        public Change {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }
    }

    /**
     * How a door writes a change on the wire. Compared by identity: a door holds one.
     *
     * @param <T> an immutable encoded form, safe to share between threads
     */
    public interface Format<T> {
        /** Encodes {@code change}. Must depend on the change alone. */
        T encode(Change change);
    }

    /** These names as a change from none at all, in {@code format}; encoded once. Any thread; no lock. */
    public <T> T as(Format<T> format) {
        Encoded known = whole;
        if (known == null || known.format != format) {
            known = new Encoded(-1, format, format.encode(all()));
            whole = known;
        }
        return known.in(format);
    }

    /** How these names came of {@code base}, earlier ones of one pattern and server, or all of them if that says it with less. As {@link ServiceView#since}. */
    public <T> T since(ServiceNames base, Format<T> format) {
        Encoded known = way;
        if (known != null && known.fromRevision == base.revision && known.format == format) {
            return known.in(format);
        }
        Change change = changeFrom(base);
        Encoded made = new Encoded(
                base.revision, format, change.fromRevision().isPresent() ? format.encode(change) : as(format));
        if (known == null || known.fromRevision < base.revision) {
            way = made;
        }
        return made.in(format);
    }

    private Change all() {
        return new Change(pattern, Optional.empty(), revision, services, List.of(), services.size());
    }

    Change changeFrom(ServiceNames base) {
        List<ServiceId> added = new ArrayList<>();
        List<ServiceId> removed = new ArrayList<>();
        int from = 0;
        for (ServiceId service : services) {
            while (from < base.services.size() && base.services.get(from).compareTo(service) < 0) {
                removed.add(base.services.get(from++));
            }
            if (from < base.services.size() && base.services.get(from).equals(service)) {
                from++;
            } else {
                added.add(service);
            }
        }
        removed.addAll(base.services.subList(from, base.services.size()));
        return added.size() + removed.size() < services.size()
                ? new Change(pattern, Optional.of(base.revision), revision, added, removed, services.size())
                : all();
    }

    @Override
    public String toString() {
        return pattern + "@" + revision + services;
    }

    /** What was encoded; of the base its revision alone, or all would keep their predecessors. */
    private record Encoded(long fromRevision, Format<?> format, Object bytes) {
        @SuppressWarnings("unchecked") // a format's bytes are only ever what that format encoded
        <T> T in(Format<T> same) {
            Invariant.check(same == format, "bytes of another format");
            return (T) bytes;
        }
    }
}
