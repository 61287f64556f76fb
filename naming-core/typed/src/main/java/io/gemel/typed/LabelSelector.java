package io.gemel.typed;

import io.gemel.naming.Instance;
import java.util.Map;

/**
 * Instances with certain metadata.
 *
 * @param labels entries that the metadata of an instance must have, 1..32
 */
public record LabelSelector(Map<String, String> labels) implements Selector {
    private static final int LABELS_MAX = 32;
    private static final int LENGTH_MAX = 255;

    /** Throws {@link io.gemel.naming.RegistryException} with {@code BAD_REQUEST} for no labels, too many, or an empty or over-long one. */
    public LabelSelector {
        Refusals.range("labels", labels.size(), 1, LABELS_MAX);
        labels = Map.copyOf(labels);
        labels.forEach((name, value) -> {
            if (name.isEmpty() || name.length() > LENGTH_MAX || value.length() > LENGTH_MAX) {
                throw Refusals.refuse(
                        "labels: %s=%s (expected: a name of 1..%d characters, a value of at most %d)",
                        Refusals.quoted(name), Refusals.quoted(value), LENGTH_MAX, LENGTH_MAX);
            }
        });
    }

    @Override
    public boolean selects(Instance instance) {
        return instance.metadata().entrySet().containsAll(labels.entrySet());
    }
}
