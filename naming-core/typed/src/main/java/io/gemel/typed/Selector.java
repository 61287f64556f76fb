package io.gemel.typed;

import io.gemel.naming.Instance;

/**
 * Which instances of a service callers should use, whoever they are. At most one in a service's typed metadata; plug-ins may add kinds.
 *
 * <p>Every server applies it for itself: see {@link io.gemel.naming.Selectors} for when, and for what it may not do.
 */
public interface Selector {
    /** Whether {@code instance}, as it is shown, may be used. Depends on it alone; neither blocks nor throws. */
    boolean selects(Instance instance);
}
