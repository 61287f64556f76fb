package io.gemel.it.faults.run;

import io.gemel.it.faults.history.HistoryWriter;
import io.gemel.it.faults.stage.Network;
import io.gemel.it.faults.stage.ServerNode;
import io.gemel.it.faults.stage.Stage;
import io.gemel.it.faults.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stage whose client processes are {@link RecordedWorker}s. */
final class RecordedStage implements Stage {
    private final Stage stage;
    private final HistoryWriter history;
    private final List<RecordedWorker> started = new CopyOnWriteArrayList<>();
    private volatile boolean hadGuests;

    RecordedStage(Stage stage, HistoryWriter history) {
        this.stage = stage;
        this.history = history;
    }

    @Override
    public List<ServerNode> servers() {
        return stage.servers();
    }

    @Override
    public List<ServerNode> guests() {
        return stage.guests();
    }

    @Override
    public ServerNode server(String id) {
        return stage.server(id);
    }

    /** Whether there ever was one. */
    boolean hadGuests() {
        return hadGuests;
    }

    @Override
    public ServerNode invite(String id) {
        hadGuests = true;
        return stage.invite(id);
    }

    @Override
    public void dismiss(String id) {
        stage.dismiss(id);
    }

    @Override
    public Optional<ServerNode> leader() {
        return stage.leader();
    }

    @Override
    public Network network() {
        return stage.network();
    }

    @Override
    public List<Worker> workers() {
        return started.stream().filter(Worker::alive).map(Worker.class::cast).toList();
    }

    @Override
    public Worker startWorker(String name) {
        RecordedWorker worker = new RecordedWorker(stage.startWorker(name), history);
        started.add(worker);
        return worker;
    }

    /** Names of client processes that ended though nobody ended them: the run is not worth much then. */
    List<String> failedWorkers() {
        return started.stream()
                .filter(RecordedWorker::failed)
                .map(RecordedWorker::name)
                .toList();
    }

    @Override
    public void close() {
        stage.close();
    }
}
