package io.gemel.bootstrap.cli;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** In what two registries differ about one service. Marks of a mirror do not count. */
final class Differences {
    private Differences() {}

    /** One difference. */
    record Difference(InstanceKey key, String what) {}

    /** By address; none if both show the same. */
    static List<Difference> of(List<Instance> there, List<Instance> here) {
        SortedMap<InstanceKey, Instance> others = byKey(there);
        SortedMap<InstanceKey, Instance> own = byKey(here);
        List<Difference> all = new ArrayList<>();
        others.forEach((key, instance) -> {
            Instance present = own.get(key);
            if (present == null) {
                all.add(new Difference(key, "only in nacos: " + InstanceText.state(instance)));
            } else if (!instance.equals(present)) {
                all.add(new Difference(
                        key,
                        "nacos: %s; gemel: %s".formatted(InstanceText.state(instance), InstanceText.state(present))));
            }
        });
        own.forEach((key, instance) -> {
            if (!others.containsKey(key)) {
                all.add(new Difference(key, "only in gemel: " + InstanceText.state(instance)));
            }
        });
        all.sort(Comparator.comparing(Difference::key));
        return all;
    }

    private static SortedMap<InstanceKey, Instance> byKey(List<Instance> instances) {
        SortedMap<InstanceKey, Instance> all = new TreeMap<>();
        for (Instance instance : instances) {
            Map<String, String> metadata = new HashMap<>(instance.metadata());
            metadata.remove(MirrorPlan.MARK);
            all.put(instance.key(), instance.withMetadata(metadata));
        }
        return all;
    }
}
