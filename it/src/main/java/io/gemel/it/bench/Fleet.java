package io.gemel.it.bench;

import io.gemel.client.NamingService;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.ServiceId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Persistent instances as many as are wanted, {@value #PER_SERVICE} a service, each as {@link Workload} has them.
 *
 * @param instances at least one
 */
record Fleet(int instances) {
    static final int PER_SERVICE = 100;

    /** Enough that no server waits for the driver, and few enough that each is answered in time. */
    private static final int UNDER_WAY = 16;

    private static final int ATTEMPTS = 20;
    private static final int STEPS = 20;

    /** How many services it has. The last may have fewer instances than the others. */
    int services() {
        return (instances + PER_SERVICE - 1) / PER_SERVICE;
    }

    /** The service of instance {@code key}. */
    static ServiceId service(int key) {
        return ServiceId.of("fleet-" + key / PER_SERVICE);
    }

    /** All instances of the service that counts {@code number}th. */
    List<Instance> of(int number) {
        int first = number * PER_SERVICE;
        return IntStream.range(first, Math.min(first + PER_SERVICE, instances))
                .mapToObj(key -> Workload.instance(Durability.PERSISTENT, key, 0))
                .toList();
    }

    /** Services on their way to a server. */
    private record Batch(int number, CompletableFuture<?> answer) {}

    /** Registers all of it, a service at a time, {@value #UNDER_WAY} of them under way. Returns how many calls failed and were made again. */
    long fill(Plan plan, List<NamingService> clients) {
        long start = plan.ticker().nanos();
        long failures = 0;
        Queue<Batch> underWay = new ArrayDeque<>();
        for (int number = 0; number < services(); number++) {
            underWay.add(new Batch(number, register(clients, number)));
            if (underWay.size() == UNDER_WAY) {
                failures += acknowledged(plan, clients, underWay.remove());
            }
            if ((number + 1) % Math.max(1, services() / STEPS) == 0) {
                plan.say("  %,d instances after %.1f s"
                        .formatted(Math.min(instances, (number + 1) * PER_SERVICE), plan.millisSince(start) / 1e3));
            }
        }
        for (Batch last : underWay) {
            failures += acknowledged(plan, clients, last);
        }
        return failures;
    }

    /** A call that changes the next of the caller's own instances, over and over. */
    ClosedLoop.Call changes(int callers, List<NamingService> clients) {
        int keys = Math.max(1, instances / callers);
        return (caller, sequence) -> {
            int key = (int) ((caller * (long) keys + sequence % keys) % instances);
            Instance changed = Workload.instance(Durability.PERSISTENT, key, 1 + sequence / keys);
            return clients.get(caller % clients.size()).registerAsync(service(key), changed);
        };
    }

    private CompletableFuture<?> register(List<NamingService> clients, int number) {
        return clients.get(number % clients.size()).registerAllAsync(service(number * PER_SERVICE), of(number));
    }

    private long acknowledged(Plan plan, List<NamingService> clients, Batch batch) {
        CompletableFuture<?> answer = batch.answer();
        for (long failures = 0; ; failures++) {
            try {
                Object unused = answer.join();
                return failures;
            } catch (CompletionException failure) {
                if (failures == ATTEMPTS) {
                    throw failure;
                }
                plan.say("  again: " + failure.getMessage());
                answer = register(clients, batch.number());
            }
        }
    }
}
