package io.gemel.it.faults.worker;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.gemel.naming.Durability;
import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** A client process: does what each line of its input says, and ends with its input. */
public final class WorkerMain {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private final PrintStream out;
    private final SingleAttempts attempts = new SingleAttempts();
    private final Clients clients;

    private WorkerMain(PrintStream out) {
        this.out = out;
        // A client that blocks must not keep another from being closed, and there are few of them.
        this.clients = new Clients(
                Executors.newCachedThreadPool(WorkerMain::daemon), System::nanoTime, push -> print(Reply.of(push)));
    }

    /** Runs until the input ends, then ends at once: nobody is there to hear of anything. */
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err); // what a library prints is no answer
        WorkerMain worker = new WorkerMain(out);
        worker.print(Reply.UP);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Command command = GSON.fromJson(line, Command.class);
                var unused = worker.answer(command)
                        .exceptionally(failure -> Outcomes.unknown("the worker failed: " + failure))
                        .thenAccept(answer -> worker.print(Reply.of(command.id(), answer)));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "client");
        thread.setDaemon(true);
        return thread;
    }

    private synchronized void print(Reply reply) {
        out.println(GSON.toJson(reply));
        out.flush();
    }

    private CompletableFuture<Answer> answer(Command command) {
        try {
            return run(command);
        } catch (RegistryException refusal) { // an argument out of range
            return CompletableFuture.completedFuture(Outcomes.refused(refusal));
        }
    }

    private CompletableFuture<Answer> run(Command command) {
        Duration deadline = Duration.ofMillis(command.deadlineMillis());
        List<Instance> instances =
                command.instances().stream().map(WorkerMain::instance).toList();
        Long expected = command.ifRevision();
        return switch (command.verb()) {
            case WRITE ->
                attempts.write(
                        command.server(),
                        service(command),
                        instances,
                        expected == null ? OptionalLong.empty() : OptionalLong.of(expected),
                        deadline);
            case REMOVE -> attempts.remove(command.server(), service(command), instances, deadline);
            case LIST ->
                attempts.list(
                        command.server(),
                        service(command),
                        new ReadLevel(command.linearizable(), command.minRevision()),
                        deadline);
            case OPEN -> clients.open(command.client(), command.servers(), command.namespace(), deadline);
            case REGISTER -> clients.register(command.client(), service(command), instances);
            case DEREGISTER -> clients.deregister(command.client(), service(command), instances);
            case WATCH -> clients.watch(command.client(), service(command));
            case CLOSE -> clients.close(command.client());
        };
    }

    private static ServiceId service(Command command) {
        Command.Service service = command.service();
        if (service == null) {
            throw new RegistryException(
                    RegistryException.Code.BAD_REQUEST, "service: absent (expected: namespace, group and name)");
        }
        return new ServiceId(service.namespace(), service.group(), service.name());
    }

    private static Instance instance(Command.Item item) {
        return new Instance(
                new InstanceKey(item.ip(), item.port(), item.cluster()),
                item.weight(),
                item.enabled(),
                item.healthy(),
                item.ephemeral() ? Durability.EPHEMERAL : Durability.PERSISTENT,
                item.metadata());
    }
}
