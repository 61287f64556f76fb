package io.gemel.naming;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Registrations of one service, sorted by key, in an array: views are made from it far more often than it grows, and copying an array
 * is cheaper than walking a tree. Confined to the naming loop.
 */
final class SortedRegistrations {
    private final ArrayList<Registration> sorted = new ArrayList<>(4);

    boolean isEmpty() {
        return sorted.isEmpty();
    }

    Optional<Registration> find(InstanceKey key) {
        int at = position(sorted, key);
        return at < 0 ? Optional.empty() : Optional.of(sorted.get(at));
    }

    /** Sets or removes what is at {@code key}; what was there before. */
    Optional<Registration> set(InstanceKey key, Optional<Registration> now) {
        int at = position(sorted, key);
        if (at < 0) {
            now.ifPresent(registration -> sorted.add(-at - 1, registration));
            return Optional.empty();
        }
        return Optional.of(now.isPresent() ? sorted.set(at, now.get()) : sorted.remove(at));
    }

    /** Immutable. */
    List<Registration> copy() {
        return List.copyOf(sorted);
    }

    /** These and {@code others}, sorted; where both have a key, the one of these. */
    List<Registration> over(SortedRegistrations others) {
        if (others.isEmpty()) {
            return copy();
        }
        if (isEmpty()) {
            return others.copy();
        }
        List<Registration> all = new ArrayList<>(sorted.size() + others.sorted.size());
        int next = 0;
        for (Registration other : others.sorted) {
            while (next < sorted.size() && sorted.get(next).key().compareTo(other.key()) < 0) {
                all.add(sorted.get(next++));
            }
            if (next == sorted.size() || !sorted.get(next).key().equals(other.key())) {
                all.add(other);
            }
        }
        all.addAll(sorted.subList(next, sorted.size()));
        return List.copyOf(all);
    }

    /** Where {@code key} is in {@code sorted}, or, if it is not, -1 minus where it would be. */
    static int position(List<Registration> sorted, InstanceKey key) {
        int low = 0;
        int high = sorted.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = sorted.get(middle).key().compareTo(key);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    /** Where the registrations at {@code ip} and {@code port} begin in {@code sorted}, or would. */
    static int firstAt(List<Registration> sorted, String ip, int port) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted.get(middle).key().compareTo(ip, port) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
