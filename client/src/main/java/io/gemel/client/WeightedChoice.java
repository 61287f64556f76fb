package io.gemel.client;

import io.gemel.naming.Instance;
import java.util.List;
import java.util.Optional;

/** Chooses among instances in proportion to their weights. */
final class WeightedChoice {
    private WeightedChoice() {}

    /**
     * The instance at {@code point} of the way through all weights laid end to end.
     *
     * @param usable of weights above 0
     * @param point 0 to below 1
     */
    static Optional<Instance> of(List<Instance> usable, double point) {
        double total = usable.stream().mapToDouble(Instance::weight).sum();
        double left = point * total;
        for (Instance instance : usable) {
            left -= instance.weight();
            if (left < 0) {
                return Optional.of(instance);
            }
        }
        // Rounding may leave a trace beyond the last one.
        return usable.isEmpty() ? Optional.empty() : Optional.of(usable.get(usable.size() - 1));
    }
}
