package io.gemel.it.faults.stage;

import io.gemel.it.faults.disk.Disks;
import io.gemel.it.faults.worker.Worker;
import io.gemel.it.faults.worker.WorkerProcess;
import io.gemel.naming.NodeStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A cluster of servers and the client processes that use it. Thread-safe. */
public final class RunningStage implements Stage {
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);

    private final Belongings belongings;
    private final Path dir;
    private final Programs programs;
    private final Launcher launcher;
    private final Wiring wiring;
    private final String diskKind;
    private final List<RunningServer> servers;
    private final List<RunningServer> guests = new CopyOnWriteArrayList<>();
    private final List<WorkerProcess> workers = new ArrayList<>();

    private RunningStage(StageSpec spec, Belongings belongings) {
        this.belongings = belongings;
        this.dir = directory(spec.dir());
        this.programs = new Programs(spec.preparation());
        this.launcher = belongings.add(new Launcher());
        List<String> ids =
                IntStream.rangeClosed(1, spec.nodes()).mapToObj(i -> "s" + i).toList();
        this.wiring = belongings.add(Networks.make(spec.preparation().network(), ids, dir));
        this.diskKind = spec.preparation().disk();
        this.servers =
                ids.stream().map(id -> make(id, berth -> berth.founds(ids))).toList();
    }

    private RunningServer make(String id, UnaryOperator<Berth> told) {
        Path own = directory(dir.resolve(id));
        Disk disk = belongings.add(Disks.make(diskKind, own, id));
        Berth berth = told.apply(new Berth(id, own, wiring, programs, launcher));
        return belongings.add(new RunningServer(id, own, disk, berth));
    }

    /**
     * Builds the network and starts all servers. Throws {@link IllegalStateException} with the reason if one does not become
     * ready, or if the machine cannot give what the preparation asks for; then nothing is left of it.
     */
    public static RunningStage start(StageSpec spec) {
        Belongings belongings = new Belongings();
        boolean ready = false;
        try {
            RunningStage stage = new RunningStage(spec, belongings);
            stage.servers.forEach(RunningServer::start);
            stage.servers.forEach(server -> {
                if (!server.awaitReady(START_PATIENCE)) {
                    throw new IllegalStateException("%s did not become ready within %d s; its log ends with:%n%s"
                            .formatted(server.id(), START_PATIENCE.toSeconds(), server.lastWords()));
                }
            });
            ready = true;
            return stage;
        } finally {
            if (!ready) {
                belongings.close();
            }
        }
    }

    @Override
    public List<ServerNode> servers() {
        return List.copyOf(servers);
    }

    @Override
    public List<ServerNode> guests() {
        return List.copyOf(guests);
    }

    private Stream<RunningServer> all() {
        return Stream.concat(servers.stream(), guests.stream());
    }

    @Override
    public ServerNode server(String id) {
        return all().filter(server -> server.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("server: " + id + " (expected: one of "
                        + all().map(RunningServer::id).toList() + ")"));
    }

    @Override
    public ServerNode invite(String id) {
        List<String> others = all().map(RunningServer::id).toList();
        wiring.addServer(id);
        RunningServer guest = make(id, berth -> berth.joins(others));
        guests.add(guest);
        return guest;
    }

    @Override
    public void dismiss(String id) {
        Optional<RunningServer> guest =
                guests.stream().filter(one -> one.id().equals(id)).findFirst();
        guest.ifPresent(guests::remove);
        guest.ifPresent(RunningServer::close);
    }

    @Override
    public Optional<ServerNode> leader() {
        Map<RunningServer, CompletableFuture<Optional<NodeStatus>>> asked =
                all().collect(Collectors.toMap(server -> server, RunningServer::ask));
        return asked.entrySet().stream()
                .flatMap(entry ->
                        entry.getValue().join().stream().map(status -> new Claim(entry.getKey(), status.raft())))
                .filter(claim -> claim.raft().role().equals("leader"))
                .max(Comparator.comparingLong(claim -> claim.raft().term()))
                .map(Claim::server);
    }

    @Override
    public Network network() {
        return wiring;
    }

    @Override
    public List<Worker> workers() {
        synchronized (workers) {
            workers.removeIf(WorkerProcess::closed);
            return List.copyOf(workers);
        }
    }

    @Override
    public Worker startWorker(String name) {
        wiring.addClient(name);
        Path own = directory(dir.resolve(name));
        Programs.Place place =
                new Programs.Place(name, own, "", Map.of(), wiring.prefix(name), wiring.jvmOptions(name));
        Process process = launcher.start(place.prefix(), programs.worker(place));
        WorkerProcess worker = new WorkerProcess(name, process, Signal::send, wiring.addresses(name));
        synchronized (workers) {
            workers.add(worker);
        }
        return worker;
    }

    @Override
    public void close() {
        workers().forEach(Worker::close);
        belongings.close();
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which server says what of the group. */
    private record Claim(ServerNode server, NodeStatus.Raft raft) {}
}
