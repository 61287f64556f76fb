package io.gemel.client;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The instances that a balancer chooses from at present, and what it has to remember of each. The list never changes; what is remembered does. */
final class Candidates {
    static final Candidates NONE = new Candidates(List.of(), Map.of());

    private final List<Candidate> all;
    private final Map<InstanceKey, Candidate> byKey;

    /**
     * One of them.
     *
     * @param used what its strategy notes of its use: when, or how often
     * @param hash of its key, the same in every JVM
     */
    record Candidate(Instance instance, AtomicLong used, long hash) {}

    private Candidates(List<Candidate> all, Map<InstanceKey, Candidate> byKey) {
        this.all = all;
        this.byKey = byKey;
    }

    /**
     * These instances, with what is remembered of those that are candidates already.
     *
     * @param fresh what is noted of one that is not
     */
    Candidates become(List<Instance> instances, long fresh) {
        Map<InstanceKey, Candidate> next = new HashMap<>();
        List<Candidate> list = instances.stream()
                .map(instance -> {
                    Candidate known = byKey.get(instance.key());
                    Candidate candidate = known == null
                            ? new Candidate(
                                    instance,
                                    new AtomicLong(fresh),
                                    Hashing.of(instance.key().toString()))
                            : new Candidate(instance, known.used(), known.hash());
                    next.put(instance.key(), candidate);
                    return candidate;
                })
                .toList();
        return new Candidates(list, next);
    }

    List<Candidate> all() {
        return all;
    }

    Candidate get(int index) {
        return all.get(index);
    }

    int size() {
        return all.size();
    }

    /** What is noted of the one that was used least; 0 if there is none. */
    long leastUsed() {
        return all.stream().mapToLong(candidate -> candidate.used().get()).min().orElse(0);
    }
}
