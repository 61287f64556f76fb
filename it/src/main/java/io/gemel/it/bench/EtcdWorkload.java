package io.gemel.it.bench;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** {@link Workload} as etcd would be given it: a key for each instance, with {@value #VALUE_BYTES} bytes. */
final class EtcdWorkload {
    static final int VALUE_BYTES = 200;

    private static final int BATCH = 100;
    private static final int VERSION_DIGITS = 20;
    private static final String PADDING = "x".repeat(VALUE_BYTES - VERSION_DIGITS);

    private EtcdWorkload() {}

    /** The key of instance {@code key}: its service, then its address. */
    static ByteString key(int key) {
        return ByteString.copyFromUtf8(
                "/" + Workload.service(key).name() + "/" + Workload.ip(key) + ":" + Workload.PORT);
    }

    /** What is written there; another {@code version} makes it differ. */
    static ByteString value(long version) {
        String digits = Long.toString(version);
        return ByteString.copyFromUtf8("0".repeat(VERSION_DIGITS - digits.length()) + digits + PADDING);
    }

    /** A call that puts the next of the caller's own keys, over and over. */
    static ClosedLoop.Call puts(int callers, List<EtcdClient> clients) {
        int keys = Workload.KEYS / callers;
        return (caller, sequence) -> {
            int key = caller * keys + (int) (sequence % keys);
            return clients.get(caller % clients.size()).put(key(key), value(sequence / keys));
        };
    }

    /** A call that reads some key, which must be there. */
    static ClosedLoop.Call ranges(List<EtcdClient> clients) {
        return (caller, sequence) -> clients.get(caller % clients.size())
                .range(key(ThreadLocalRandom.current().nextInt(Workload.KEYS)))
                .thenApply(Optional::orElseThrow);
    }

    /** Puts every key once, and waits. */
    static void fill(EtcdClient client) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int key = 0; key < Workload.KEYS; key++) {
            answers.add(client.put(key(key), value(0)));
            if (answers.size() == BATCH) {
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                        .join();
                answers.clear();
            }
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }
}
