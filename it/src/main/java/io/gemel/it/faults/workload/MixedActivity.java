package io.gemel.it.faults.workload;

import java.util.List;

/**
 * Several activities at once.
 *
 * @param parts in the order in which they were begun
 */
record MixedActivity(List<Activity> parts) implements Activity {
    @Override
    public void settle() {
        parts.forEach(Activity::settle);
    }

    @Override
    public boolean atRest() {
        return parts.stream().allMatch(Activity::atRest);
    }

    @Override
    public void readAll() {
        parts.forEach(Activity::readAll);
    }

    @Override
    public String unrest() {
        return parts.stream()
                .map(Activity::unrest)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }
}
