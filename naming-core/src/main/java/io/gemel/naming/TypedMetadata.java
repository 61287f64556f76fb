package io.gemel.naming;

import java.util.Arrays;

/**
 * What plug-ins attach to a service, in Hessian 2. Immutable, equal by content.
 *
 * <p>Opaque here: it is kept and handed on as it is, and read only where the classes that may be in it are known.
 */
public final class TypedMetadata {
    /** None. */
    public static final TypedMetadata NONE = new TypedMetadata(new byte[0]);

    private final byte[] bytes;

    private TypedMetadata(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Holds a copy of {@code bytes}, at most 64 KiB; throws {@link RegistryException} with {@code BAD_REQUEST} for more. */
    public static TypedMetadata of(byte[] bytes) {
        Limits.typed("typed", bytes.length);
        return bytes.length == 0 ? NONE : new TypedMetadata(bytes.clone());
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** How many bytes there are. */
    public int size() {
        return bytes.length;
    }

    /** Whether there is nothing. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TypedMetadata same && Arrays.equals(bytes, same.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
