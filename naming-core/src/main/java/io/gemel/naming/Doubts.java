package io.gemel.naming;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Claims to an address whose successor has ended, of origins that were not heard of when it did: their owners may have
 * ended them, too, long ago. Nearly always empty. Confined to the naming loop.
 */
final class Doubts {
    private final Map<OriginId, Set<Publication.Slot>> doubted = new HashMap<>();
    private Predicate<OriginId> silent = origin -> false;

    /** From now on {@code asked} says which origins are not heard of at the moment. */
    void askWhoIsSilent(Predicate<OriginId> asked) {
        silent = asked;
    }

    /** What {@code origin} has in {@code slot} is in doubt, if it is not heard of. */
    void addIfSilent(OriginId origin, Publication.Slot slot) {
        if (silent.test(origin)) {
            doubted.computeIfAbsent(origin, o -> new HashSet<>()).add(slot);
        }
    }

    /** What {@code origin} has in {@code slot} is another, or nothing. */
    void remove(OriginId origin, Publication.Slot slot) {
        if (!doubted.isEmpty()) {
            doubted.computeIfPresent(origin, (o, slots) -> {
                slots.remove(slot);
                return slots.isEmpty() ? null : slots;
            });
        }
    }

    /** All of {@code origin} that was in doubt, which it is no more. */
    Set<Publication.Slot> removeAll(OriginId origin) {
        Set<Publication.Slot> slots = doubted.remove(origin);
        return slots == null ? Set.of() : slots;
    }

    /** Whether what {@code origin} has in {@code slot} is in doubt. */
    boolean contains(OriginId origin, Publication.Slot slot) {
        return !doubted.isEmpty() && doubted.getOrDefault(origin, Set.of()).contains(slot);
    }
}
