package io.gemel.it.faults.history;

import io.gemel.naming.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Records a history while it happens: in memory, and as JSON lines in a file, each written out at once.
 *
 * <p>Thread-safe. Index and time are given under one lock, so that both grow together; only {@link #view} is told its time,
 * which may lie before that of the line above. A file that cannot be written is an {@link UncheckedIOException}: a run without
 * its evidence is worth nothing.
 */
public final class HistoryWriter implements AutoCloseable {
    private final Ticker ticker;
    private final long begin;
    private final Writer file;
    private final List<Event> events = new ArrayList<>();

    private HistoryWriter(Ticker ticker, Writer file) {
        this.ticker = ticker;
        this.begin = ticker.nanos();
        this.file = file;
    }

    /** Begins a history in {@code file}, which is replaced. Its time starts now. */
    public static HistoryWriter create(Path file, Ticker ticker) {
        try {
            return new HistoryWriter(ticker, Files.newBufferedWriter(file));
        } catch (IOException e) {
            throw new UncheckedIOException("history: " + file + " cannot be written", e);
        }
    }

    /** Monotonic time since this history began. */
    public long nanos() {
        return since(ticker.nanos());
    }

    /** What the ticker showed, as time since this history began. */
    public long since(long tickerNanos) {
        return tickerNanos - begin;
    }

    /** An operation begins; to be recorded before it is sent. */
    public synchronized Event invoke(
            String process, Op op, String node, String key, Optional<String> value, OptionalLong expected) {
        return record(new Event(
                events.size(),
                nanos(),
                process,
                Event.Type.INVOKE,
                op,
                node,
                key,
                value,
                expected,
                OptionalLong.empty(),
                List.of(),
                Optional.empty()));
    }

    /** An operation that {@link #invoke} began ends; to be recorded after its answer was received. Node, key and expectation are those of {@code invoke}. */
    public Event complete(
            Event invoke,
            Event.Type type,
            Optional<String> value,
            OptionalLong revision,
            List<Seen> seen,
            Optional<String> error) {
        return completeAt(invoke, type, invoke.node(), value, revision, seen, error);
    }

    /** As {@link #complete}, at another node than where it began: the one that answered. */
    public synchronized Event completeAt(
            Event invoke,
            Event.Type type,
            String node,
            Optional<String> value,
            OptionalLong revision,
            List<Seen> seen,
            Optional<String> error) {
        return record(new Event(
                events.size(),
                nanos(),
                invoke.process(),
                type,
                invoke.op(),
                node,
                invoke.key(),
                value,
                invoke.expected(),
                revision,
                seen,
                error));
    }

    /** Something happens that is no call: a phase, a fault, a kill. */
    public synchronized Event event(
            String process,
            Op op,
            Event.Type type,
            String node,
            String key,
            Optional<String> value,
            Optional<String> error) {
        return record(new Event(
                events.size(),
                nanos(),
                process,
                type,
                op,
                node,
                key,
                value,
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(),
                error));
    }

    /** A watcher was shown a service. {@code nanos} is time since this history began, see {@link #since}. */
    public synchronized Event view(
            long nanos, String process, String node, String service, long revision, List<Seen> seen) {
        return record(new Event(
                events.size(),
                nanos,
                process,
                Event.Type.OK,
                Op.VIEW,
                node,
                service,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.of(revision),
                seen,
                Optional.empty()));
    }

    /** What was recorded so far. */
    public synchronized History history() {
        return new History(events);
    }

    private Event record(Event event) {
        events.add(event);
        try {
            file.append(HistoryFile.line(event)).append('\n').flush();
        } catch (IOException e) {
            throw new UncheckedIOException("history: event " + event.index() + " cannot be written", e);
        }
        return event;
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("history: cannot be closed", e);
        }
    }
}
