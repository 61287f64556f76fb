package io.gemel.consistency.distro.simulation;

import io.gemel.client.internal.ClientSettings;
import io.gemel.client.internal.RegistryClient;
import io.gemel.client.internal.SimulatedGround;
import io.gemel.consistency.distro.simulation.Observation.Op;
import io.gemel.consistency.distro.simulation.Observation.Stage;
import io.gemel.naming.Change;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.Loop;
import io.gemel.naming.Publisher;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One machine that runs a client, the real one, now and again; at the same addresses. */
final class SimulatedClient {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Wire.KeepAlive WIRE = new Wire.KeepAlive(KEEP_ALIVE, KEEP_ALIVE);
    private static final Duration TCP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration GOODBYE = Duration.ofSeconds(1);
    private static final long LOOP = 401;
    private static final long CHOICES = 402;

    private final Network network;
    private final Recorder recorder;
    private final int number;
    private final Host host;
    private final List<String> servers;
    private final Map<Slot, Wish> wishes = new TreeMap<>();
    private final Map<ServiceId, Runnable> watches = new TreeMap<>();
    private Optional<RegistryClient> client = Optional.empty();
    private int lives;
    private int values;
    private String lastServer = "";

    /** An address at a service. */
    record Slot(ServiceId service, InstanceKey key) implements Comparable<Slot> {
        @Override
        public int compareTo(Slot other) {
            int byService = service.compareTo(other.service);
            return byService != 0 ? byService : key.compareTo(other.key);
        }
    }

    /**
     * A client's loop that has a look after each task: a server that is lost again in the same turn would go unnoticed, and what
     * it had said would be taken for another one's.
     */
    private record Observed(Loop loop, Runnable look) implements Loop {
        @Override
        public void execute(Runnable task) {
            loop.execute(() -> {
                task.run();
                look.run();
            });
        }

        @Override
        public void executeOrWait(Runnable task) {
            execute(task);
        }

        @Override
        public void afterTurn(Runnable task) {
            loop.afterTurn(task);
        }

        @Override
        public void every(Duration period, Runnable task) {
            loop.every(period, task);
        }

        @Override
        public boolean inLoop() {
            return loop.inLoop();
        }
    }

    SimulatedClient(Network network, Recorder recorder, int number, List<String> servers) {
        this.network = network;
        this.recorder = recorder;
        this.number = number;
        this.host = network.host("c" + number);
        this.servers = servers;
    }

    Host host() {
        return host;
    }

    boolean alive() {
        return host.alive() && client.isPresent();
    }

    /** Whether a server has its session, as far as it knows. */
    boolean connected() {
        return client.flatMap(RegistryClient::server).isPresent();
    }

    /** Whether its present life has written {@code incarnation} into an instance, and goes on. */
    boolean lives(String incarnation) {
        return alive() && connected() && incarnation.startsWith(process() + ".");
    }

    /** What may be listed of this client in the end. */
    Map<Slot, Wish> wishes() {
        return wishes;
    }

    private String process() {
        return host.name() + "-" + lives;
    }

    private String server() {
        noteServer();
        return lastServer;
    }

    private void noteServer() {
        client.flatMap(RegistryClient::server)
                .ifPresent(address -> lastServer = address.substring(0, address.indexOf(':')));
    }

    // ---- life and death ----

    void open() {
        if (host.alive()) {
            return;
        }
        network.begin(host);
        lives++;
        lastServer = "";
        SimulatedLoop loop =
                new SimulatedLoop(host, network.timeline(), network.noise(), LOOP, failure -> broken(failure));
        Observed observed = new Observed(loop, this::noteServer);
        SimulatedGround ground = new SimulatedGround(
                observed,
                observed, // so that whoever listens knows which server it hears
                host,
                (delay, task) -> host.after(delay.toNanos(), task)::cancel,
                new Random(network.noise().bits(CHOICES, number, lives)),
                address -> new SimulatedChannel(
                        network, host, network.host(address.substring(0, address.indexOf(':'))), WIRE, TCP_TIMEOUT));
        recorder.life(Stage.INVOKE, Op.OPEN, process(), "", host.name());
        ClientSettings settings = new ClientSettings(
                servers, REQUEST_TIMEOUT, CONNECT_TIMEOUT, true, KEEP_ALIVE, process(), Optional.empty());
        RegistryClient opening = ground.client(settings);
        client = Optional.of(opening);
        String process = process();
        var unused = SimulatedGround.opened(opening)
                .thenRun(() -> recorder.life(Stage.OK, Op.OPEN, process, server(), host.name()));
    }

    private void broken(Throwable failure) {
        recorder.violated("uncaught in client " + process() + ": " + failure);
    }

    /** @param silently whether not even its kernel says anything */
    void kill(boolean silently) {
        if (alive()) {
            life(Op.KILL);
            gone();
            network.end(host, silently);
        }
    }

    void close() {
        if (alive()) {
            String closing = process();
            String at = server();
            recorder.life(Stage.INVOKE, Op.CLOSE, closing, at, host.name());
            var unused = SimulatedGround.goodbye(client.orElseThrow()).thenRun(() -> {
                recorder.life(Stage.OK, Op.CLOSE, closing, at, host.name());
                network.end(host, false);
            });
            host.after(GOODBYE.toNanos(), () -> {
                recorder.life(Stage.INFO, Op.CLOSE, closing, at, host.name());
                recorder.life(Stage.OK, Op.KILL, closing, at, host.name());
                network.end(host, false);
            });
            gone();
        }
    }

    private void gone() {
        client = Optional.empty();
        wishes.clear();
        watches.clear();
    }

    void freeze() {
        if (alive() && !host.frozen()) {
            life(Op.FREEZE);
            host.freeze();
        }
    }

    void thaw() {
        if (host.frozen()) {
            host.thaw();
            life(Op.THAW);
        }
    }

    private void life(Op op) {
        recorder.life(Stage.OK, op, process(), server(), host.name());
    }

    // ---- what it asks for ----

    void register(ServiceId service, int slot) {
        if (!alive() || host.frozen()) {
            return;
        }
        Instance instance = Instance.ephemeral("10.0.0." + number, 8_000 + slot)
                .withMetadata(Recorder.INCARNATION, process() + "." + ++values);
        Change change = new Change.Register(service, List.of(instance), Publisher.NONE);
        ask(Op.REGISTER, new Slot(service, instance.key()), Optional.of(instance), change);
    }

    void deregister(ServiceId service, int slot) {
        if (!alive() || host.frozen()) {
            return;
        }
        InstanceKey key = Instance.ephemeral("10.0.0." + number, 8_000 + slot).key();
        Change change = new Change.Deregister(service, List.of(key), Durability.EPHEMERAL, Publisher.NONE);
        ask(Op.DEREGISTER, new Slot(service, key), Optional.empty(), change);
    }

    private void ask(Op op, Slot slot, Optional<Instance> instance, Change change) {
        String process = process();
        String key = Recorder.text(slot.service(), slot.key());
        Optional<String> value = instance.map(SimulatedClient::incarnation);
        recorder.write(Stage.INVOKE, op, process, server(), key, value, Optional.empty());
        Wish wish = wishes.computeIfAbsent(slot, s -> new Wish());
        Wish.Attempt attempt = wish.begin(instance);
        CompletableFuture<Written> answer = client.orElseThrow().publish(change);
        var unused = answer.whenComplete((written, failure) -> {
            Stage stage = failure == null ? Stage.OK : outcome(failure);
            wish.end(attempt, stage);
            Optional<String> error = Optional.ofNullable(failure).map(String::valueOf);
            recorder.write(stage, op, process, server(), key, value, error);
        });
    }

    private static Stage outcome(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        boolean refused = cause instanceof RegistryException refusal
                && refusal.code() != RegistryException.Code.UNKNOWN_OUTCOME
                && refusal.code() != RegistryException.Code.SHUTTING_DOWN;
        return refused ? Stage.FAIL : Stage.INFO;
    }

    static String incarnation(Instance instance) {
        return instance.metadata().getOrDefault(Recorder.INCARNATION, "");
    }

    void watch(ServiceId service) {
        if (alive() && !host.frozen() && !watches.containsKey(service)) {
            String process = process();
            recorder.watch(Stage.INVOKE, process, service);
            watches.put(service, client.orElseThrow().watch(service, diff -> {
                if (!diff.stale()) { // else no server has said so
                    recorder.shown(Op.VIEW, process, server(), diff.view());
                }
            }));
        }
    }

    void unwatch(ServiceId service) {
        if (alive() && !host.frozen() && watches.containsKey(service)) {
            Optional.ofNullable(watches.remove(service)).ifPresent(Runnable::run);
            recorder.watch(Stage.INFO, process(), service);
        }
    }

    /** The newest view of what it watches, by service. */
    Map<ServiceId, Optional<List<Registration>>> views() {
        Map<ServiceId, Optional<List<Registration>>> views = new TreeMap<>();
        watches.keySet()
                .forEach(service -> views.put(
                        service, client.flatMap(open -> open.newest(service)).map(view -> view.registrations())));
        return views;
    }
}
