package io.gemel.bootstrap.cli;

import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to register and to take back, so that a service here is as it is in the registry that is mirrored. What is mirrored carries a mark: such instances
 * alone are changed or removed here, and there they are passed over, so that two mirrors do not send each other what they have of each other.
 *
 * @param registered to be registered, with the mark
 * @param removed of this mirror, and gone there or registered here by itself
 * @param left addresses that are registered here by themselves, and stay as they are
 */
record MirrorPlan(List<Instance> registered, List<Instance> removed, List<InstanceKey> left) {
    /** The metadata entry that marks what is mirrored; its value is where it comes from. */
    static final String MARK = "gemel.mirrored-from";

    /** Copies the lists. */
    MirrorPlan {
        registered = List.copyOf(registered);
        removed = List.copyOf(removed);
        left = List.copyOf(left);
    }

    /**
     * Compares.
     *
     * @param from the mark's value
     * @param there what is registered in the other registry
     * @param here what callers are shown here: what operators set may be on top of what was registered
     * @param sent what this mirror has registered, and not taken back, by address
     */
    static MirrorPlan of(String from, List<Instance> there, List<Instance> here, Map<InstanceKey, Instance> sent) {
        Map<InstanceKey, Instance> present = byKey(here);
        Map<InstanceKey, Instance> wanted = byKey(there);
        wanted.values().removeIf(instance -> instance.metadata().containsKey(MARK));
        List<Instance> registered = new ArrayList<>();
        List<Instance> removed = new ArrayList<>();
        List<InstanceKey> left = new ArrayList<>();
        for (Instance instance : wanted.values()) {
            Instance marked = instance.withMetadata(MARK, from);
            Optional<Instance> now = Optional.ofNullable(present.get(instance.key()));
            Optional<Instance> before = Optional.ofNullable(sent.get(instance.key()));
            if (now.isPresent() && !isOurs(now.get(), from)) {
                left.add(instance.key());
                before.filter(MirrorPlan::isEphemeral).ifPresent(removed::add); // a persistent one has been replaced
            } else if (now.isPresent() && now.get().durability() != instance.durability()) {
                removed.add(now.get()); // the next round registers it: an address has one kind at a time
            } else if (now.isEmpty()
                    || !before.or(() -> now.filter(shown -> !isEphemeral(shown)))
                            .equals(Optional.of(marked))) {
                registered.add(marked);
            }
        }
        here.stream()
                .filter(shown -> isOurs(shown, from) && !wanted.containsKey(shown.key()))
                .filter(shown -> !isEphemeral(shown) || sent.containsKey(shown.key()))
                .forEach(removed::add);
        return new MirrorPlan(registered, removed, left);
    }

    private static boolean isEphemeral(Instance instance) {
        return instance.durability() == Durability.EPHEMERAL;
    }

    private static boolean isOurs(Instance instance, String from) {
        return from.equals(instance.metadata().get(MARK));
    }

    private static Map<InstanceKey, Instance> byKey(List<Instance> instances) {
        Map<InstanceKey, Instance> all = new HashMap<>();
        instances.forEach(instance -> all.put(instance.key(), instance));
        return all;
    }
}
