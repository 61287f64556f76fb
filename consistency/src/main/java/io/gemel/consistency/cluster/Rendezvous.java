package io.gemel.consistency.cluster;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ServiceId;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * Which members look after an instance: all by the order of a hash of member and instance (rendezvous hashing, Thaler and Ravishankar,
 * 1998).
 *
 * <p>Every node that sees the same members comes to the same order, without a word between them; a member that goes leaves its
 * instances evenly to the others, and nothing else moves.
 */
public final class Rendezvous {
    private static final HashFunction HASH = Hashing.murmur3_128();

    private Rendezvous() {}

    /** {@code members} in the order in which they are responsible for the instance at {@code key}. */
    public static List<String> order(List<String> members, ServiceId service, InstanceKey key) {
        return members.stream()
                .sorted(Comparator.comparingLong((String member) -> score(member, service, key))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Which of {@code members} looks after the service as a whole; there is one at least. */
    public static String first(List<String> members, ServiceId service) {
        return members.stream()
                .min(Comparator.comparingLong((String member) -> score(member, service))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
    }

    private static long score(String member, ServiceId service) {
        String text = String.join("\0", member, service.namespace(), service.group(), service.name());
        return HASH.hashString(text, StandardCharsets.UTF_8).asLong();
    }

    private static long score(String member, ServiceId service, InstanceKey key) {
        String text = String.join(
                "\0",
                member,
                service.namespace(),
                service.group(),
                service.name(),
                key.cluster(),
                key.ip(),
                Integer.toString(key.port()));
        return HASH.hashString(text, StandardCharsets.UTF_8).asLong();
    }
}
