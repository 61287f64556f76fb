package io.gemel.bootstrap.cli;

import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Precondition;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceDescription;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceSettings;
import io.gemel.transport.nacos.NacosRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps a namespace here as it is in a Nacos registry, round by round. Ephemeral instances live as long as this mirror's session. A registry that does not answer
 * changes nothing, and one that suddenly knows no service at all is believed only when it says so twice. Not thread-safe.
 */
final class Mirror {
    private static final int BATCH_MAX = 1_000;

    private final NacosRegistry nacos;
    private final String from;
    private final NamingService gemel;
    private final String namespace;
    private final boolean ephemeral;
    private final Map<ServiceId, Map<InstanceKey, Instance>> sent = new HashMap<>();
    private final Map<ServiceId, ServiceSettings> written = new HashMap<>();
    private final Set<ServiceId> followed = new TreeSet<>();
    private boolean doubted;

    /**
     * Nothing is read or written yet.
     *
     * @param ephemeral whether ephemeral instances are mirrored, too
     */
    Mirror(NacosRegistry nacos, String from, NamingService gemel, String namespace, boolean ephemeral) {
        this.nacos = nacos;
        this.from = from;
        this.gemel = gemel;
        this.namespace = namespace;
        this.ephemeral = ephemeral;
    }

    /**
     * What one round did.
     *
     * @param problems what could not be mirrored, and why
     */
    record Round(int services, int registered, int removed, List<String> problems) {}

    /** Makes one round. Throws {@link IOException} if the other registry cannot be read; then nothing, or a part, was done. */
    Round round() throws IOException {
        NacosRegistry.Catalog catalog = nacos.services(namespace);
        Set<ServiceId> there = catalog.services();
        if (there.isEmpty() && !followed.isEmpty() && !doubted) {
            doubted = true;
            throw new IOException(from + " knows no service any more; what is mirrored stays until it says so again");
        }
        doubted = false;
        if (followed.isEmpty()) {
            followed.addAll(ServicesCommand.all(gemel, "")); // a mirror may have run before
        }
        followed.addAll(there);
        List<String> problems = new ArrayList<>(catalog.unreadable());
        int registered = 0;
        int removed = 0;
        for (ServiceId service : followed) {
            Optional<NacosRegistry.Listed> listed = there.contains(service) ? nacos.find(service) : Optional.empty();
            listed.ifPresent(present -> present.unreadable().forEach(problem -> problems.add(service + " " + problem)));
            try {
                MirrorPlan plan = plan(service, listed);
                carryOut(service, plan);
                registered += plan.registered().size();
                removed += plan.removed().size();
                plan.left()
                        .forEach(key ->
                                problems.add(service + " " + key + ": registered in gemel by itself, left as it is"));
                listed.ifPresent(present -> set(service, present));
            } catch (RegistryException refusal) {
                if (refusal.code() == Code.UNAVAILABLE) {
                    throw refusal;
                }
                problems.add(service + " " + refusal.code() + ": " + refusal.getMessage());
            }
        }
        followed.removeIf(service -> !there.contains(service) && !sent.containsKey(service));
        return new Round(there.size(), registered, removed, problems);
    }

    private MirrorPlan plan(ServiceId service, Optional<NacosRegistry.Listed> listed) {
        List<Instance> there = listed.map(NacosRegistry.Listed::instances).orElse(List.of()).stream()
                .filter(instance -> ephemeral || instance.durability() == Durability.PERSISTENT)
                .toList();
        List<Instance> here = gemel.instances(service, ReadLevel.atLeast(gemel.lastRevision()));
        return MirrorPlan.of(from, there, here, sent.getOrDefault(service, Map.of()));
    }

    private void carryOut(ServiceId service, MirrorPlan plan) {
        Map<InstanceKey, Instance> ours = sent.computeIfAbsent(service, s -> new HashMap<>());
        for (Durability durability : Durability.values()) {
            for (List<Instance> some : batches(plan.removed(), durability)) {
                gemel.deregisterAll(service, some);
                some.forEach(instance -> ours.remove(instance.key()));
            }
            for (List<Instance> some : batches(plan.registered(), durability)) {
                gemel.registerAll(service, some);
                some.forEach(instance -> ours.put(instance.key(), instance));
            }
        }
        if (ours.isEmpty()) {
            sent.remove(service);
        }
    }

    private static List<List<Instance>> batches(List<Instance> instances, Durability durability) {
        List<Instance> those = instances.stream()
                .filter(instance -> instance.durability() == durability)
                .toList();
        List<List<Instance>> batches = new ArrayList<>();
        for (int first = 0; first < those.size(); first += BATCH_MAX) {
            batches.add(those.subList(first, Math.min(those.size(), first + BATCH_MAX)));
        }
        return batches;
    }

    /** What operators have set here meanwhile is theirs, and stays. */
    private void set(ServiceId service, NacosRegistry.Listed listed) {
        ServiceSettings last = written.getOrDefault(service, ServiceSettings.NONE);
        ServiceSettings wanted =
                last.withProtectionThreshold(listed.protectionThreshold()).withMetadata(listed.metadata());
        if (wanted.equals(last)) {
            return;
        }
        ServiceDescription present = gemel.operator().describe(service, ReadLevel.LINEARIZABLE);
        if (present.settings().equals(last)) {
            gemel.operator().setService(service, wanted, Precondition.revision(present.revision()));
            written.put(service, wanted);
        } else if (present.settings().equals(wanted)) {
            written.put(service, wanted);
        }
    }
}
