package io.gemel.client.internal;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Registration;
import io.gemel.naming.ServiceView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What leads from one view of a service to another. What does not show in an instance, such as its revision, makes no difference.
 *
 * @param view the newer one
 * @param added instances at keys that had none
 * @param removed instances that are gone, as they were
 * @param changed instances that differ from what was at their key, or became suspect or unselected or ceased to be, as they are now
 * @param resettled whether what operators set for the service as a whole, or what comes of it, differs
 * @param stale whether the newer one is what was known before, and is to be confirmed
 */
public record ViewDiff(
        ServiceView view,
        List<Instance> added,
        List<Instance> removed,
        List<Instance> changed,
        boolean resettled,
        boolean stale) {
    static ViewDiff between(@Nullable Shown before, Shown now) {
        return between(before == null ? null : before.view(), now.view(), now.stale());
    }

    /** Whether nothing but revisions tells the two apart. */
    static boolean same(ServiceView one, ServiceView other) {
        return one.registrations().size() == other.registrations().size()
                && one.protectionThreshold() == other.protectionThreshold()
                && between(one, other, false).isEmpty();
    }

    private static ViewDiff between(@Nullable ServiceView before, ServiceView after, boolean stale) {
        Map<InstanceKey, Registration> gone = new LinkedHashMap<>();
        if (before != null) {
            before.registrations().forEach(registration -> gone.put(registration.key(), registration));
        }
        List<Instance> added = new ArrayList<>();
        List<Instance> changed = new ArrayList<>();
        for (Registration registration : after.registrations()) {
            Registration was = gone.remove(registration.key());
            if (was == null) {
                added.add(registration.instance());
            } else if (was.suspect() != registration.suspect()
                    || was.unselected() != registration.unselected()
                    || !was.instance().equals(registration.instance())) {
                changed.add(registration.instance());
            }
        }
        boolean resettled = before != null
                && (before.protectionReached() != after.protectionReached()
                        || !before.metadata().equals(after.metadata()));
        List<Instance> removed =
                gone.values().stream().map(Registration::instance).toList();
        return new ViewDiff(after, added, removed, changed, resettled, stale);
    }

    boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty() && changed.isEmpty() && !resettled;
    }
}
