package io.gemel.client.internal;

import io.gemel.naming.Change;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Publisher;
import io.gemel.naming.ServiceId;
import io.gemel.transport.grpc.Codec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ephemeral instances that servers have acknowledged: what has to be registered again wherever the session goes. Confined to
 * the client's loop.
 *
 * <p>Answers may come in another order than their requests went. So each key remembers the number of the request that
 * decided it, also of one that removed it, and an older request's answer changes nothing.
 */
final class Holdings {
    private static final int BATCH_MAX = 500;
    private static final int BATCH_BYTES_MAX = 1024 * 1024;

    private final Map<ServiceId, Map<InstanceKey, Entry>> held = new LinkedHashMap<>();
    private final ArrayDeque<Removed> removed = new ArrayDeque<>();

    /** What the request with this number left at a key; empty if it removed it. */
    private record Entry(Optional<Instance> instance, long number) {}

    /** A key that a request removed. */
    private record Removed(ServiceId service, InstanceKey key, long number) {}

    void acknowledged(long number, Change change) {
        if (change instanceof Change.Register register) {
            for (Instance instance : register.instances()) {
                decide(register.service(), instance.key(), new Entry(Optional.of(instance), number));
            }
        } else if (change instanceof Change.Deregister deregister) {
            for (InstanceKey key : deregister.keys()) {
                decide(deregister.service(), key, new Entry(Optional.empty(), number));
                removed.add(new Removed(deregister.service(), key, number));
            }
        }
    }

    /** No request below this number is under way any more, so what those removed need not be remembered. */
    void forgetRemovedBefore(long number) {
        for (Removed first = removed.peek(); first != null && first.number() < number; first = removed.peek()) {
            removed.remove();
            forget(first);
        }
    }

    /**
     * The requests that register all that is held, in batches.
     *
     * @param pending what is asked for since, in order, and will be sent after: what it removes is left out
     */
    List<Change.Register> replay(Collection<Change> pending) {
        Set<Address> leaving = leaving(pending);
        List<Change.Register> batches = new ArrayList<>();
        held.forEach((service, keys) -> {
            List<Instance> batch = new ArrayList<>();
            int bytes = 0;
            for (Entry entry : keys.values()) {
                if (entry.instance().isPresent()
                        && !leaving.contains(
                                new Address(service, entry.instance().get().key()))) {
                    int size = Codec.encode(entry.instance().get()).getSerializedSize();
                    if (batch.size() == BATCH_MAX || (bytes + size > BATCH_BYTES_MAX && !batch.isEmpty())) {
                        batches.add(new Change.Register(service, batch, Publisher.NONE));
                        batch.clear();
                        bytes = 0;
                    }
                    batch.add(entry.instance().get());
                    bytes += size;
                }
            }
            if (!batch.isEmpty()) {
                batches.add(new Change.Register(service, batch, Publisher.NONE));
            }
        });
        return batches;
    }

    private void forget(Removed gone) {
        Map<InstanceKey, Entry> keys = held.get(gone.service());
        if (keys != null) {
            keys.remove(gone.key(), new Entry(Optional.empty(), gone.number()));
            if (keys.isEmpty()) {
                held.remove(gone.service());
            }
        }
    }

    private void decide(ServiceId service, InstanceKey key, Entry entry) {
        held.computeIfAbsent(service, absent -> new LinkedHashMap<>())
                .merge(key, entry, (old, late) -> late.number() > old.number() ? late : old);
    }

    private static Set<Address> leaving(Collection<Change> pending) {
        Set<Address> leaving = new HashSet<>();
        for (Change change : pending) {
            if (change instanceof Change.Register register) {
                register.instances()
                        .forEach(instance -> leaving.remove(new Address(register.service(), instance.key())));
            } else if (change instanceof Change.Deregister deregister) {
                deregister.keys().forEach(key -> leaving.add(new Address(deregister.service(), key)));
            }
        }
        return leaving;
    }

    /** A key within all services. */
    private record Address(ServiceId service, InstanceKey key) {}
}
