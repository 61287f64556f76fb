package io.gemel.it.bench;

import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/** What loads register: {@value #KEYS} addresses, {@value #PER_SERVICE} a service, each instance about 200 bytes on the wire. */
final class Workload {
    static final int KEYS = 10_000;
    static final int PER_SERVICE = 10;
    static final int PORT = 8080;

    private static final int BATCH = 100;
    private static final int TRIES = 5;

    private static final String PADDING = "x".repeat(96);

    private Workload() {}

    /** The service of key {@code key}. */
    static ServiceId service(int key) {
        return ServiceId.of("orders-" + key / PER_SERVICE);
    }

    /** The address of key {@code key}. */
    static String ip(int key) {
        return "10." + (key >> 16 & 255) + "." + (key >> 8 & 255) + "." + (key & 255);
    }

    /** The instance at key {@code key}; another {@code version} makes it differ, so that no write can be skipped. */
    static Instance instance(Durability durability, int key, long version) {
        InstanceKey address = new InstanceKey(ip(key), PORT, InstanceKey.DEFAULT_CLUSTER);
        return new Instance(address, 1, true, true, durability, metadata(version));
    }

    /** What an instance has beside its address. */
    static Map<String, String> metadata(long version) {
        return Map.of("version", Long.toString(version), "zone", "zone-a", "protocol", "grpc", "note", PADDING);
    }

    /** "1 caller" or "64 callers with 12 clients". */
    static String who(int callers, List<?> clients) {
        return callers == 1 ? "1 caller" : "%d callers with %d clients".formatted(callers, clients.size());
    }

    /** A call that registers the next of the caller's own keys, over and over. */
    static ClosedLoop.Call registrations(Durability durability, int callers, List<NamingService> clients) {
        int keys = KEYS / callers;
        return (caller, sequence) -> {
            int key = caller * keys + (int) (sequence % keys);
            return clients.get(caller % clients.size())
                    .registerAsync(service(key), instance(durability, key, sequence / keys));
        };
    }

    /** Registers every key once, from {@code first} on so that the kinds do not meet, and waits. */
    static void fill(NamingService client, Durability durability, int first) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int key = first; key < first + KEYS; key += PER_SERVICE) {
            List<Instance> instances = IntStream.range(key, key + PER_SERVICE)
                    .mapToObj(k -> instance(durability, k, 0))
                    .toList();
            answers.add(put(client, service(key), instances, TRIES));
            if (answers.size() == BATCH) {
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                        .join();
                answers.clear();
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }

    /** On a busy machine a cluster that has only just started may change its leader meanwhile; to register the same once more does no harm. */
    private static CompletableFuture<Written> put(
            NamingService client, ServiceId service, List<Instance> instances, int tries) {
        return client.registerAllAsync(service, instances)
                .exceptionallyCompose(failure -> tries > 1 && unknown(failure)
                        ? put(client, service, instances, tries - 1)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean unknown(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RegistryException refusal && refusal.code() == RegistryException.Code.UNKNOWN_OUTCOME;
    }
}
