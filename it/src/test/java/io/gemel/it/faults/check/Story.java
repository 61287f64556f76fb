package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import io.gemel.naming.NodeStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Evidence made by hand. Times are milliseconds since the run began. */
final class Story {
    static final Bounds BOUNDS = new Bounds(
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(3),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2));

    private final List<Event> events = new ArrayList<>();
    private final List<NodeSample> samples = new ArrayList<>();
    private final Map<String, Path> logs = new HashMap<>();

    /** Begins an operation by {@code process} at {@code from}. */
    Told op(long from, String process, Op op, String key) {
        return new Told(from, process, op, key);
    }

    /** An operation in the telling. */
    final class Told {
        private final long from;
        private final String process;
        private final Op op;
        private final String key;
        private String node = "";
        private Optional<String> value = Optional.empty();
        private OptionalLong expected = OptionalLong.empty();
        private List<Seen> seen = List.of();

        private Told(long from, String process, Op op, String key) {
            this.from = from;
            this.process = process;
            this.op = op;
            this.key = key;
        }

        Told at(String where) {
            node = where;
            return this;
        }

        Told value(String text) {
            value = Optional.of(text);
            return this;
        }

        Told expected(long revision) {
            expected = OptionalLong.of(revision);
            return this;
        }

        Told seen(Seen... instances) {
            seen = List.of(instances);
            return this;
        }

        Story ok(long to) {
            return ended(to, Event.Type.OK, OptionalLong.empty());
        }

        Story ok(long to, long revision) {
            return ended(to, Event.Type.OK, OptionalLong.of(revision));
        }

        Story fail(long to) {
            return ended(to, Event.Type.FAIL, OptionalLong.empty());
        }

        Story info(long to) {
            return ended(to, Event.Type.INFO, OptionalLong.empty());
        }

        /** The history ends before it does. */
        Story open() {
            boolean reads = op == Op.READ;
            events.add(
                    event(from, Event.Type.INVOKE, reads ? Optional.empty() : value, OptionalLong.empty(), List.of()));
            return Story.this;
        }

        private Story ended(long to, Event.Type type, OptionalLong revision) {
            open();
            List<Seen> shown = type == Event.Type.OK ? seen : List.of();
            events.add(event(to, type, value, revision, shown));
            return Story.this;
        }

        private Event event(
                long millis, Event.Type type, Optional<String> text, OptionalLong revision, List<Seen> shown) {
            Optional<String> error = type == Event.Type.FAIL || type == Event.Type.INFO
                    ? Optional.of("UNAVAILABLE: told so")
                    : Optional.empty();
            return new Event(
                    0, nanos(millis), process, type, op, node, key, value(text), expected, revision, shown, error);
        }

        private Optional<String> value(Optional<String> text) {
            return text;
        }
    }

    /** Something that is no call. */
    Story event(long millis, String process, Op op, Event.Type type, String key, String value) {
        Optional<String> text = value.isEmpty() ? Optional.empty() : Optional.of(value);
        events.add(new Event(
                0,
                nanos(millis),
                process,
                type,
                op,
                "",
                key,
                text,
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(),
                Optional.empty()));
        return this;
    }

    /** The client w-node, in process w1, is shown the service. */
    Story view(long millis, String node, long revision, Seen... seen) {
        return view(millis, "w-" + node, node, SERVICE, revision, seen);
    }

    Story view(long millis, String watcher, String node, String service, long revision, Seen... seen) {
        events.add(new Event(
                0,
                nanos(millis),
                watcher,
                Event.Type.OK,
                Op.VIEW,
                node,
                service,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.of(revision),
                List.of(seen),
                Optional.empty()));
        return this;
    }

    static final String SERVICE = "public/g/s";

    /** An ephemeral instance as lists and watchers show it. */
    static Seen live(int number, String value) {
        return new Seen("10.0.0." + number + ":80/c", value, 0, true);
    }

    /** A persistent one. */
    static Seen kept(int number, String value, long revision) {
        return new Seen("10.1.0." + number + ":80/c", value, revision, false);
    }

    /** {@code client}, in process c1, has a session at {@code node}. */
    Story opens(long millis, String client, String node) {
        return op(millis, client, Op.OPEN, "").at(node).value("c1").ok(millis + 1);
    }

    /** It registers {@code instance}, acknowledged 10 ms later. */
    Story registers(long millis, String client, Seen instance) {
        return op(millis, client, Op.REGISTER, SERVICE + "#" + instance.key())
                .value(instance.value())
                .ok(millis + 10);
    }

    /** It takes {@code instance} back, acknowledged 10 ms later. */
    Story deregisters(long millis, String client, Seen instance) {
        return op(millis, client, Op.DEREGISTER, SERVICE + "#" + instance.key()).ok(millis + 10);
    }

    Story kill(long millis, String client) {
        return event(millis, client, Op.KILL, Event.Type.OK, "c1", "");
    }

    Story freeze(long from, long to, String client) {
        event(from, client, Op.FREEZE, Event.Type.OK, "c1", "");
        return event(to, client, Op.THAW, Event.Type.OK, "c1", "");
    }

    /** Every {@code every} ms all three nodes list the service. */
    Story lists(long from, long to, long every, Seen... seen) {
        for (long at = from; at < to; at += every) {
            list(at, "s1", seen);
            list(at + 1, "s2", seen);
            list(at + 2, "s3", seen);
        }
        return this;
    }

    /** A LIST of the service at {@code node}, answered 5 ms later. */
    Story list(long millis, String node, Seen... seen) {
        return list(millis, node, SERVICE, 1, seen);
    }

    Story list(long millis, String node, String service, long revision, Seen... seen) {
        return op(millis, "reader-" + node, Op.LIST, service)
                .at(node)
                .seen(seen)
                .ok(millis + 5, revision);
    }

    Story fault(long from, long to, String name, String target) {
        event(from, "nemesis", Op.FAULT, Event.Type.INVOKE, name, target);
        return event(to, "nemesis", Op.FAULT, Event.Type.OK, name, target);
    }

    Story phase(long millis, String name) {
        return event(millis, "run", Op.PHASE, Event.Type.OK, name, "");
    }

    Story sample(NodeSample sample) {
        samples.add(sample);
        return this;
    }

    /** A running node that is ready. */
    Story sample(long millis, String node, int starts, NodeStatus.Raft raft, NodeStatus.Origin... origins) {
        NodeStatus status = new NodeStatus(
                node, "test", "1", true, "", List.of(), raft, List.of(origins), 0, 0, 0, NodeStatus.Guard.NONE);
        return sample(new NodeSample(nanos(millis), node, starts, true, Optional.of(status), 50, 100, 200_000_000));
    }

    /** Nodes s1 to s3 run without a new start from {@code from} to {@code to}. */
    Story running(long from, long to) {
        for (long at = from; at <= to; at += 250) {
            for (String node : List.of("s1", "s2", "s3")) {
                sample(at, node, 1, new NodeStatus.Raft("follower", "s1", 1, 1, 1, "h"));
            }
        }
        return this;
    }

    Story log(String node, Path file) {
        logs.put(node, file);
        return this;
    }

    static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    History history() {
        List<Event> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparingLong(Event::nanos));
        List<Event> numbered = new ArrayList<>();
        for (Event event : sorted) {
            numbered.add(new Event(
                    numbered.size(),
                    event.nanos(),
                    event.process(),
                    event.type(),
                    event.op(),
                    event.node(),
                    event.key(),
                    event.value(),
                    event.expected(),
                    event.revision(),
                    event.seen(),
                    event.error()));
        }
        return new History(numbered);
    }

    Evidence evidence() {
        return new Evidence(history(), samples, logs, BOUNDS);
    }
}
