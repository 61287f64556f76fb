package io.gemel.it.faults.workload;

import io.gemel.it.faults.nemesis.Role;
import io.gemel.it.faults.worker.Worker;
import io.gemel.naming.ServiceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Applications that register themselves, come, go and die, with watchers and lists at every server. */
final class ChurnActivity implements Activity {
    private static final int PROCESSES = 2;

    private final Work work;
    private final List<ServiceId> services;
    private final Lookout lookout;
    private final List<Crew.Seat> seats = new ArrayList<>();
    private final List<Tenant> tenants = new ArrayList<>();
    private boolean settling;
    private long idleSince;

    /**
     * How much there is.
     *
     * @param applications that register themselves
     * @param metadataBytes that each of their instances carries beside its value
     * @param watchers at each server, in the process that faults may meet
     * @param manner how the applications live
     */
    record Size(int applications, int metadataBytes, int watchers, Lives.Manner manner) {
        /** Applications whose instances carry nothing more, with a watcher at each server. */
        static Size of(int applications) {
            return new Size(applications, 0, 1, Lives.Manner.VARIED);
        }
    }

    private ChurnActivity(Work work, List<ServiceId> services, Lookout lookout) {
        this.work = work;
        this.services = services;
        this.lookout = lookout;
    }

    /**
     * Starts the applications and those who look at them. Blocks.
     *
     * @param firstHost the number of the first process's host
     * @param services where they register
     * @param size how much there is of it
     * @param mishaps whether their processes are killed and frozen without a nemesis asking for it
     */
    static ChurnActivity begin(Work work, int firstHost, List<ServiceId> services, Size size, boolean mishaps) {
        // Of those who look, one process is nobody's victim, so that somebody sees it all.
        Worker looker = work.stage().startWorker(Role.LOOKOUT.host(1));
        Worker watcher = work.stage().startWorker(Role.WATCHER.host(1));
        Lookout lookout = new Lookout(work, services, looker);
        ChurnActivity activity = new ChurnActivity(work, services, lookout);
        Crew crew = new Crew(work, firstHost);
        for (int i = 0; i < PROCESSES; i++) {
            activity.seats.add(crew.start());
        }
        lookout.open(looker, 1);
        lookout.open(watcher, size.watchers());
        for (int i = 0; i < size.applications(); i++) {
            Lives lives = new Lives(work.seeds().branch("tenant " + i), services, i, size.manner());
            activity.tenants.add(new Tenant(work, activity.seats.get(i % PROCESSES), lives, size.metadataBytes()));
        }
        work.onLoop(() -> {
            lookout.start();
            activity.tenants.forEach(Tenant::start);
            if (mishaps) {
                activity.befall(new Mishaps(work.seeds().branch("mishaps")));
            }
        });
        return activity;
    }

    private void befall(Mishaps mishaps) {
        Mishaps.Mishap mishap = mishaps.next();
        var unused = work.loop()
                .schedule(
                        () -> {
                            if (!settling) {
                                seats.get(mishap.lot() % seats.size())
                                        .worker()
                                        .ifPresent(worker -> befall(mishap, worker));
                                befall(mishaps);
                            }
                        },
                        mishap.pause().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void befall(Mishaps.Mishap mishap, Worker worker) {
        if (mishap.kill()) {
            var unused = CompletableFuture.runAsync(worker::kill, work.helper());
            return;
        }
        var unused = CompletableFuture.runAsync(worker::freeze, work.helper())
                .thenRunAsync(
                        worker::thaw,
                        CompletableFuture.delayedExecutor(
                                mishap.frozen().toMillis(), TimeUnit.MILLISECONDS, work.helper()));
    }

    @Override
    public void settle() {
        work.onLoop(() -> {
            settling = true;
            tenants.forEach(Tenant::settle);
        });
    }

    @Override
    public boolean atRest() {
        return unrest().isEmpty();
    }

    @Override
    public String unrest() {
        return work.fromLoop(() -> difference().orElse(""));
    }

    private Optional<String> difference() {
        if (!tenants.stream().allMatch(Tenant::idle)) {
            idleSince = System.nanoTime();
            return Optional.of("registrations are under way");
        }
        Map<ServiceId, Map<String, String>> expected = new HashMap<>();
        for (ServiceId service : services) {
            Map<String, String> held = expected.computeIfAbsent(service, id -> new HashMap<>());
            tenants.forEach(tenant -> held.putAll(tenant.held(service)));
        }
        return lookout.difference(idleSince, expected);
    }

    @Override
    public void readAll() {
        lookout.readAll();
    }
}
