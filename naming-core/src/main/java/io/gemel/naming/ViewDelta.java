package io.gemel.naming;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What leads from one view of a service to a later one, and the digest by which whoever takes that way can tell that it has arrived.
 *
 * @param fromRevision of the view that this changes
 * @param revision of the view that comes of it
 * @param put what was added or has changed
 * @param removed keys at which nothing is registered any more
 * @param settings what operators set for the service, without what is typed; empty if that is as before
 * @param digest {@link ServiceView#digest()} of the view that comes of it
 */
public record ViewDelta(
        ServiceId service,
        long fromRevision,
        long revision,
        List<Registration> put,
        List<InstanceKey> removed,
        Optional<ServiceSettings> settings,
        long digest) {
    /** Copies the lists. */
    public ViewDelta {
        put = List.copyOf(put);
        removed = List.copyOf(removed);
    }

    /**
     * How a door writes a delta on the wire. Compared by identity: a door holds one.
     *
     * @param <T> an immutable encoded form, safe to share between threads
     */
    public interface Format<T> {
        /** Encodes {@code delta}. Must depend on the delta alone. */
        T encode(ViewDelta delta);
    }

    /**
     * The way from {@code base} to {@code view}, of one service; empty if to tell {@code view} itself takes no more. What has changed is in
     * both, so that is the case when no more instances are unchanged than are removed.
     *
     * <p>Takes time in proportion to the instances, but next to none for one that both views share; the digest takes what has changed, once the
     * base has one.
     */
    public static Optional<ViewDelta> between(ServiceView base, ServiceView view) {
        List<Registration> before = base.registrations();
        List<Registration> after = view.registrations();
        List<Registration> put = new ArrayList<>();
        List<Registration> gone = new ArrayList<>(); // removed, or replaced by what is put
        List<InstanceKey> removed = new ArrayList<>();
        int from = 0;
        int to = 0;
        while (from < before.size() || to < after.size()) {
            int order = order(before, from, after, to);
            Registration was = order <= 0 ? before.get(from++) : null;
            Registration is = order >= 0 ? after.get(to++) : null;
            if (was != null && is == null) {
                removed.add(was.key());
            }
            if (was != null && !was.equals(is)) {
                gone.add(was);
            }
            if (is != null && !is.equals(was)) {
                put.add(is);
            }
        }
        if (put.size() + removed.size() >= after.size()) {
            return Optional.empty();
        }
        Optional<ServiceSettings> settings =
                view.settings().equals(base.settings()) ? Optional.empty() : Optional.of(view.settings());
        long digest = view.digest(() -> digest(base, gone, put, settings));
        return Optional.of(
                new ViewDelta(view.service(), base.revision(), view.revision(), put, removed, settings, digest));
    }

    /** Whose turn it is: below 0 of what was before, above 0 of what is after, 0 of both, which have one key. */
    @SuppressWarnings("ReferenceEquality") // one that both share has one key, and need not be looked at
    private static int order(List<Registration> before, int from, List<Registration> after, int to) {
        if (from == before.size()) {
            return 1;
        }
        if (to == after.size()) {
            return -1;
        }
        Registration was = before.get(from);
        Registration is = after.get(to);
        return was == is ? 0 : was.key().compareTo(is.key());
    }

    private static long digest(
            ServiceView base, List<Registration> gone, List<Registration> put, Optional<ServiceSettings> settings) {
        long digest = base.digest();
        for (Registration registration : gone) {
            digest -= ContentDigest.of(registration);
        }
        for (Registration registration : put) {
            digest += ContentDigest.of(registration);
        }
        if (settings.isPresent()) {
            digest -= ContentDigest.of(base.protectionThreshold(), base.metadata());
            digest += ContentDigest.of(
                    settings.get().protectionThreshold(), settings.get().metadata());
        }
        return digest;
    }

    /** What comes of {@code base}; empty if this does not begin there, or if what comes of it has another digest than it should. */
    public Optional<ServiceView> appliedTo(ServiceView base) {
        if (!base.service().equals(service) || base.revision() != fromRevision) {
            return Optional.empty();
        }
        Map<InstanceKey, Optional<Registration>> edits = new TreeMap<>();
        removed.forEach(key -> edits.put(key, Optional.empty()));
        put.forEach(registration -> edits.put(registration.key(), Optional.of(registration)));
        List<Registration> before = base.registrations();
        List<Registration> after = new ArrayList<>(before.size() + put.size());
        List<Registration> gone = new ArrayList<>();
        int from = 0;
        for (Map.Entry<InstanceKey, Optional<Registration>> edit : edits.entrySet()) {
            int at = SortedRegistrations.position(before, edit.getKey());
            int to = at < 0 ? -1 - at : at;
            after.addAll(before.subList(from, to));
            from = to;
            if (at >= 0) {
                gone.add(before.get(at));
                from++;
            }
            edit.getValue().ifPresent(after::add);
        }
        after.addAll(before.subList(from, before.size()));
        ServiceView view = new ServiceView(service, revision, after, settings.orElseGet(base::settings));
        return view.digest(() -> digest(base, gone, put, settings)) == digest ? Optional.of(view) : Optional.empty();
    }
}
