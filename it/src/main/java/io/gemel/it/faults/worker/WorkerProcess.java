package io.gemel.it.faults.worker;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSyntaxException;
import io.gemel.naming.Instance;
import io.gemel.naming.ReadLevel;
import io.gemel.naming.ServiceId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The near end of a process that runs {@link WorkerMain}. Thread-safe. */
public final class WorkerProcess implements Worker {
    private static final Logger log = LoggerFactory.getLogger(WorkerProcess.class);
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    /** A client gives a call up after five seconds; a process that says nothing for so much longer is frozen. */
    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(6);

    /** On top of a deadline that the process itself keeps. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** What a JVM takes to start, on the busiest machine. A command's time begins after it. */
    private static final Duration START = Duration.ofMinutes(1);

    private final String name;
    private final Process process;
    private final Signals signals;
    private final Addresses addresses;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, Open> open = new ConcurrentHashMap<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final CompletableFuture<@Nullable Void> up = new CompletableFuture<>();
    private final Thread writer;
    private volatile @Nullable Consumer<Push> listener;
    private volatile boolean over;
    private volatile boolean closed;

    /**
     * Takes over {@code process}, which has just been started.
     *
     * @param name of its host
     * @param signals how it is frozen and thawed
     * @param addresses how servers are called where it runs
     */
    public WorkerProcess(String name, Process process, Signals signals, Addresses addresses) {
        this.name = name;
        this.process = process;
        this.signals = signals;
        this.addresses = addresses;
        this.up.completeOnTimeout(null, START.toMillis(), TimeUnit.MILLISECONDS);
        this.writer = daemon("to-" + name, this::write);
        writer.start();
        daemon("from-" + name, this::read).start();
    }

    /** Sends a signal, such as {@code STOP}, to a process. */
    @FunctionalInterface
    public interface Signals {
        /** Sends it; nothing if there is no such process. */
        void send(String signal, long pid);
    }

    /** What servers are called by the processes on one host, who may see other addresses than this process does. */
    public interface Addresses {
        /** What the process calls the server that is {@code address} here. */
        String there(String address);

        /** What the server is here that the process calls {@code address}. */
        String here(String address);
    }

    /** A command under way. */
    private record Open(Command.Verb verb, CompletableFuture<Answer> end) {
        /** What it means that the process was told and never answered. */
        Answer silence(String why) {
            return verb.changes() ? Outcomes.unknown(why) : Outcomes.failed(why);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

    @Override
    public CompletableFuture<Answer> write(
            String server, ServiceId service, List<Instance> instances, OptionalLong ifRevision, Duration deadline) {
        return send(new CommandDraft(Command.Verb.WRITE, deadline)
                .server(addresses.there(server))
                .service(service)
                .instances(instances)
                .ifRevision(ifRevision));
    }

    @Override
    public CompletableFuture<Answer> remove(
            String server, ServiceId service, List<Instance> instances, Duration deadline) {
        return send(new CommandDraft(Command.Verb.REMOVE, deadline)
                .server(addresses.there(server))
                .service(service)
                .instances(instances));
    }

    @Override
    public CompletableFuture<Answer> list(String server, ServiceId service, ReadLevel level, Duration deadline) {
        return send(new CommandDraft(Command.Verb.LIST, deadline)
                .server(addresses.there(server))
                .service(service)
                .level(level));
    }

    @Override
    public CompletableFuture<Answer> open(String client, List<String> servers, String namespace, Duration deadline) {
        return send(new CommandDraft(Command.Verb.OPEN, deadline)
                .client(client)
                .servers(servers.stream().map(addresses::there).toList(), namespace));
    }

    @Override
    public CompletableFuture<Answer> register(String client, ServiceId service, List<Instance> instances) {
        return send(new CommandDraft(Command.Verb.REGISTER, CLIENT_PATIENCE)
                .client(client)
                .service(service)
                .instances(instances));
    }

    @Override
    public CompletableFuture<Answer> deregister(String client, ServiceId service, List<Instance> instances) {
        return send(new CommandDraft(Command.Verb.DEREGISTER, CLIENT_PATIENCE)
                .client(client)
                .service(service)
                .instances(instances));
    }

    @Override
    public CompletableFuture<Answer> watch(String client, ServiceId service) {
        return send(new CommandDraft(Command.Verb.WATCH, CLIENT_PATIENCE)
                .client(client)
                .service(service));
    }

    @Override
    public CompletableFuture<Answer> close(String client) {
        return send(new CommandDraft(Command.Verb.CLOSE, CLIENT_PATIENCE).client(client));
    }

    @Override
    public void onPush(Consumer<Push> hears) {
        listener = hears;
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void freeze() {
        signals.send("STOP", process.pid());
    }

    @Override
    public void thaw() {
        signals.send("CONT", process.pid());
    }

    @Override
    public void close() {
        closed = true;
        kill();
    }

    /** Whether {@link #close} was called. */
    public boolean closed() {
        return closed;
    }

    /** Hands a command to the process, whose silence ends it. */
    private CompletableFuture<Answer> send(CommandDraft draft) {
        long id = ids.incrementAndGet();
        Open command = new Open(draft.verb(), new CompletableFuture<>());
        open.put(id, command);
        if (over || !alive()) {
            open.remove(id);
            return CompletableFuture.completedFuture(Outcomes.failed("the process of " + name + " does not run"));
        }
        lines.add(GSON.toJson(draft.numbered(id)));
        Duration patience = draft.deadline().plus(MARGIN);
        var unused = command.end().whenComplete((answer, failure) -> open.remove(id));
        var unusedTimer = up.thenRun(() -> {
            var unusedLate = command.end().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        });
        return command.end()
                .exceptionally(timeout -> command.silence("no answer from " + name + " within " + patience));
    }

    private void write() {
        try (Writer to = process.outputWriter(StandardCharsets.UTF_8)) {
            while (true) {
                to.write(lines.take());
                to.write('\n');
                to.flush();
            }
        } catch (IOException e) {
            log.debug("the process takes no more commands worker={}", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader from = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                take(GSON.fromJson(line, Reply.class));
            }
        } catch (IOException | JsonSyntaxException e) {
            log.debug("the process was cut short worker={}", name); // a killed process may leave half a line
        }
        over = true;
        writer.interrupt();
        open.values().forEach(command -> command.end().complete(command.silence("the process of " + name + " ended")));
    }

    private void take(Reply reply) {
        if (reply.equals(Reply.UP)) {
            up.complete(null);
            return;
        }
        if (reply.id() == 0) {
            Consumer<Push> hears = listener;
            if (hears != null) {
                Push push = reply.push();
                hears.accept(new Push(
                        push.nanos(),
                        push.client(),
                        push.service(),
                        addresses.here(push.server()),
                        push.revision(),
                        push.seen()));
            }
            return;
        }
        Open command = open.get(reply.id());
        if (command != null) {
            command.end().complete(reply.answer());
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
