package io.gemel.naming;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Values that know their keys, found by these: an open hash table. What a map keeps besides a key and a value is half of what an instance
 * costs; here it is a place or two in an array.
 *
 * <p>Linear probing, and deletion without marks, by moving back what stands behind (Knuth, <i>The Art of Computer Programming</i>, volume 3,
 * section 6.4, algorithms L and R). The order of iteration follows from the keys' hash codes and from what was put and removed before.
 * Not thread-safe; what is iterated over must not change meanwhile.
 */
public final class KeyTable<K, V> implements Iterable<V> {
    private static final int CAPACITY_MIN = 4;

    /** 2^32 divided by the golden ratio: neighbouring hash codes come to stand apart. */
    private static final int SPREAD = 0x9E3779B9;

    private final Function<? super V, ? extends K> keyOf;
    private @Nullable Object[] places = new Object[CAPACITY_MIN];
    private int size;

    /** An empty one of values whose key is what {@code keyOf} says, always the same. */
    public KeyTable(Function<? super V, ? extends K> keyOf) {
        this.keyOf = keyOf;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** The value with {@code key}, if there is one. */
    public @Nullable V get(K key) {
        return at(place(key));
    }

    /** Whether there is a value with {@code key}. */
    public boolean contains(K key) {
        return get(key) != null;
    }

    /** Adds {@code value}, in the place of one with an equal key, which it returns. */
    @CanIgnoreReturnValue
    public @Nullable V put(V value) {
        int place = place(keyOf.apply(value));
        V before = at(place);
        places[place] = value;
        if (before == null) {
            size++;
            if (size > places.length / 4 * 3) {
                resize(places.length * 2);
            }
        }
        return before;
    }

    /** Removes and returns the value with {@code key}, if there is one. */
    @CanIgnoreReturnValue
    public @Nullable V remove(K key) {
        int place = place(key);
        V before = at(place);
        if (before != null) {
            leave(place);
            size--;
            if (size < places.length / 4 && places.length > CAPACITY_MIN) {
                resize(places.length / 2);
            }
        }
        return before;
    }

    /** Closes the gap at {@code gap}, or those behind it would not be found any more. */
    private void leave(int gap) {
        int mask = places.length - 1;
        int free = gap;
        for (int next = (gap + 1) & mask; ; next = (next + 1) & mask) {
            V value = at(next);
            if (value == null) {
                places[free] = null;
                return;
            }
            int home = home(keyOf.apply(value));
            if (((next - home) & mask) >= ((next - free) & mask)) {
                places[free] = value;
                free = next;
            }
        }
    }

    private void resize(int capacity) {
        @Nullable Object[] before = places;
        places = new Object[capacity];
        for (int at = 0; at < before.length; at++) {
            V value = cast(before[at]);
            if (value != null) {
                places[place(keyOf.apply(value))] = value;
            }
        }
    }

    /** Where the value with {@code key} stands, or would. */
    private int place(K key) {
        int mask = places.length - 1;
        int place = home(key);
        for (V value = at(place); value != null && !key.equals(keyOf.apply(value)); value = at(place)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private int home(K key) {
        return (key.hashCode() * SPREAD) >>> (Integer.numberOfLeadingZeros(places.length) + 1);
    }

    private @Nullable V at(int place) {
        return cast(places[place]);
    }

    @SuppressWarnings("unchecked") // nothing else is put there
    private @Nullable V cast(@Nullable Object value) {
        return (V) value;
    }

    /** All of them. */
    public Stream<V> stream() {
        return StreamSupport.stream(spliterator(), false);
    }

    @Override
    @SuppressWarnings("unchecked") // see cast
    public Iterator<V> iterator() {
        return (Iterator<V>) Arrays.stream(places).filter(Objects::nonNull).iterator();
    }
}
