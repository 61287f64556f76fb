package io.gemel.typed;

import io.gemel.naming.Instance;

/** Which instances of a service a caller should use. At most one in a service's typed metadata; plug-ins may add kinds. */
public interface Selector {
    /** Whether {@code instance} may be used. */
    boolean selects(Instance instance);
}
