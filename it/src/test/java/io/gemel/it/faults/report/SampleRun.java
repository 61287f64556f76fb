package io.gemel.it.faults.report;

import com.google.gson.Gson;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.HistoryFile;
import io.gemel.it.faults.history.NodeSample;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/**
 * Makes up the directory of a run of thirty seconds: five clients that write and read single instances, four that register
 * ephemeral ones, three watchers, and three nodes of which one is killed, one cut off and one frozen.
 *
 * <p>The same seed makes the same run. A bad one has a stale read, an instance of a dead client and an empty list in it.
 */
final class SampleRun {
    static final long SECOND = 1_000_000_000L;
    private static final long END = 30 * SECOND;
    private static final String CP_SERVICE = "public/g/ledger";
    private static final String AP_SERVICE = "public/g/orders";

    /** A fault: when, which, whom. */
    record Fault(double from, double to, String name, String target) {
        boolean at(long nanos) {
            return nanos >= from * SECOND && nanos < to * SECOND;
        }
    }

    private final Random random;
    private final boolean bad;
    private final int opsPerSecond;
    private final List<Event> events = new ArrayList<>();
    private final List<NodeSample> samples = new ArrayList<>();
    private final Map<String, List<Event>> proof = new LinkedHashMap<>();
    private final Map<String, String> registered = new TreeMap<>();
    private String label = "";

    final List<Fault> faults = List.of(
            new Fault(4, 8, "kill", "s2"),
            new Fault(10, 15, "partition-halves", "s1 | s2,s3"),
            new Fault(13, 16, "slow-link", "s3>s2"),
            new Fault(17.5, 20, "freeze", "leader"),
            new Fault(21, 21.4, "kill", "s3"),
            new Fault(22, 22.4, "kill", "s3"));

    private SampleRun(long seed, boolean bad, int opsPerSecond) {
        this.random = new Random(seed);
        this.bad = bad;
        this.opsPerSecond = opsPerSecond;
    }

    static SampleRun good(long seed) {
        return new SampleRun(seed, false, 40);
    }

    static SampleRun bad(long seed) {
        return new SampleRun(seed, true, 40);
    }

    /** As many operations as {@code opsPerSecond} of each of the five clients make. */
    static SampleRun large(long seed, int opsPerSecond) {
        return new SampleRun(seed, true, opsPerSecond);
    }

    /** Puts {@code text} wherever a run may have text of others. */
    SampleRun labelled(String text) {
        label = text;
        return this;
    }

    /** Writes the directory. */
    void write(Path dir) throws IOException {
        phases();
        for (int client = 1; client <= 5; client++) {
            registers("c1-" + client, client);
        }
        ephemerals();
        if (bad) {
            staleRead();
            zombie();
        }
        List<Event> ordered = order();
        sample();
        Files.createDirectories(dir.resolve("s1"));
        Files.writeString(dir.resolve("s1/server.log"), "INFO started\n");
        HistoryFile.write(dir.resolve("history.jsonl"), new History(ordered));
        HistoryFile.writeSamples(dir.resolve("samples.jsonl"), samples);
        Files.writeString(dir.resolve("summary.json"), new Gson().toJson(summary(ordered)));
    }

    private void phases() {
        moment(0, "run", Op.PHASE, "setup", Optional.empty());
        moment(2 * SECOND, "run", Op.PHASE, "faults", Optional.empty());
        moment(23 * SECOND, "run", Op.PHASE, "heal", Optional.empty());
        moment(25 * SECOND, "run", Op.PHASE, "recovered", Optional.empty());
        moment(28 * SECOND, "run", Op.PHASE, "final", Optional.empty());
        for (Fault fault : faults) {
            add(fault.from, Event.Type.INVOKE, fault);
            add(fault.to, Event.Type.OK, fault);
        }
        Event denied = event(9 * SECOND, "nemesis", Event.Type.FAIL, Op.FAULT, "", "clock-drift", Optional.of("s1"));
        events.add(
                with(denied, OptionalLong.empty(), List.of(), Optional.of("no libfaketime on this machine" + label)));
    }

    private void add(double at, Event.Type type, Fault fault) {
        events.add(event((long) (at * SECOND), "nemesis", type, Op.FAULT, "", fault.name, Optional.of(fault.target)));
    }

    /** One client that writes, swaps and reads rotating instances. */
    private void registers(String process, int client) {
        long at = 2 * SECOND + client * 1_000_000L;
        int generation = 0;
        for (int i = 0; at < 27 * SECOND; i++) {
            String key = CP_SERVICE + "#10.0.0." + (1 + at / (5 * SECOND)) + ":80/DEFAULT";
            boolean slow = (at > 10 * SECOND && at < 11.5 * SECOND) || (at > 17.5 * SECOND && at < 18.7 * SECOND);
            double micros = Math.exp(random.nextGaussian() * 0.5) * (slow ? 400_000 : 1_800);
            Op op = random.nextInt(10) < 4 ? Op.READ : random.nextInt(3) == 0 ? Op.CAS : Op.REGISTER;
            Event.Type type = micros > 1_000_000
                    ? Event.Type.INFO
                    : (op == Op.CAS && random.nextInt(3) == 0) || (slow && random.nextInt(4) == 0)
                            ? Event.Type.FAIL
                            : Event.Type.OK;
            long end = at + ((long) Math.min(micros, 1_000_000)) * 1000;
            String name = process + (generation == 0 ? "" : "." + generation);
            operation(name, op, type, at, end, key, i);
            generation += type == Event.Type.INFO ? 1 : 0;
            at = end + (long) ((double) SECOND / opsPerSecond * (0.5 + random.nextDouble()));
        }
    }

    private void operation(String process, Op op, Event.Type type, long at, long end, String key, int version) {
        Optional<String> value = op == Op.READ ? Optional.empty() : Optional.of(process + "v" + version);
        String node = "s" + (1 + random.nextInt(3));
        Event begin = event(at, process, Event.Type.INVOKE, op, node, key, value);
        events.add(op == Op.CAS ? expecting(begin, at / 1_000_000) : begin);
        Event done = event(end, process, type, op, node, key, op == Op.READ ? Optional.of("v" + version) : value);
        Optional<String> error = switch (type) {
            case INFO -> Optional.of("DEADLINE_EXCEEDED: no answer in 1s" + label);
            case FAIL -> Optional.of(op == Op.CAS ? "CONFLICT: revision is another" : "NO_LEADER: try again" + label);
            case OK, INVOKE -> Optional.empty();
        };
        events.add(with(
                done,
                type == Event.Type.OK ? OptionalLong.of(end / 1_000_000) : OptionalLong.empty(),
                List.of(),
                error));
    }

    /** Four clients whose instances come and go, and three watchers. */
    private void ephemerals() {
        for (int i = 0; i < 60; i++) {
            long at = 2 * SECOND + i * 400_000_000L + random.nextInt(100_000_000);
            String process = "c2-" + (1 + i % 4);
            String address = "10.1.0." + (1 + i % 12) + ":90/DEFAULT";
            boolean leaves = registered.containsKey(address) && random.nextInt(3) > 0;
            Op op = leaves ? Op.DEREGISTER : Op.REGISTER;
            Optional<String> value = leaves ? Optional.empty() : Optional.of("i" + i);
            long end = at + 600_000 + random.nextInt(3_000_000);
            events.add(event(at, process, Event.Type.INVOKE, op, "s" + (1 + i % 3), AP_SERVICE + "#" + address, value));
            events.add(event(end, process, Event.Type.OK, op, "s" + (1 + i % 3), AP_SERVICE + "#" + address, value));
            if (leaves) {
                registered.remove(address);
            } else {
                registered.put(address, "i" + i);
            }
            for (int watcher = 1; watcher <= 3; watcher++) {
                long lag = watcher == 1 && at > 10 * SECOND && at < 15 * SECOND
                        ? 15 * SECOND + random.nextInt(90_000_000) - at
                        : 2_000_000 + random.nextInt(40_000_000);
                view(end + lag, "w" + watcher, watcher, i + 1);
            }
        }
        if (bad) {
            Event empty =
                    event(8 * SECOND + 300_000_000, "w2", Event.Type.OK, Op.VIEW, "s2", AP_SERVICE, Optional.empty());
            events.add(with(empty, OptionalLong.of(0), List.of(), Optional.empty()));
            proof.put("no-false-empty", List.of(empty));
        }
    }

    private void view(long at, String watcher, int node, long revision) {
        List<Seen> seen = new ArrayList<>();
        registered.forEach((address, value) -> seen.add(new Seen(address, value, 0, true)));
        Event view = event(at, watcher, Event.Type.OK, Op.VIEW, "s" + node, AP_SERVICE, Optional.empty());
        events.add(with(view, OptionalLong.of(revision), seen, Optional.empty()));
    }

    /** A write is acknowledged, and a later read shows what was before. */
    private void staleRead() {
        String key = CP_SERVICE + "#10.0.0.4:80/DEFAULT";
        long at = 17 * SECOND + 600_000_000L;
        Event write = event(at, "c3-1", Event.Type.INVOKE, Op.REGISTER, "s2", key, Optional.of("v41" + label));
        Event done = event(at + 7_000_000, "c3-1", Event.Type.OK, Op.REGISTER, "s2", key, Optional.of("v41" + label));
        Event read = event(at + 12_000_000, "c3-2", Event.Type.INVOKE, Op.READ, "s1", key, Optional.empty());
        Event stale = event(at + 15_000_000, "c3-2", Event.Type.OK, Op.READ, "s1", key, Optional.of("v40"));
        Event doneAt = with(done, OptionalLong.of(17_607), List.of(), Optional.empty());
        Event staleAt = with(stale, OptionalLong.of(17_590), List.of(), Optional.empty());
        List<Event> all = List.of(write, doneAt, read, staleAt);
        events.addAll(all);
        proof.put("linearizability", all);
    }

    /** A client is killed, and a watcher is shown its instance long after. */
    private void zombie() {
        String address = "10.1.0.99:90/DEFAULT";
        Event begin =
                event(3 * SECOND, "c4-1", Event.Type.INVOKE, Op.REGISTER, "s3", AP_SERVICE + "#" + address, some());
        Event done = event(
                3 * SECOND + 900_000, "c4-1", Event.Type.OK, Op.REGISTER, "s3", AP_SERVICE + "#" + address, some());
        Event kill = event(12 * SECOND, "c4-1", Event.Type.OK, Op.KILL, "", "", Optional.empty());
        Event view = event(26 * SECOND, "w1", Event.Type.OK, Op.VIEW, "s1", AP_SERVICE, Optional.empty());
        Event shown = with(view, OptionalLong.of(99), List.of(new Seen(address, "z1", 0, true)), Optional.empty());
        List<Event> all = List.of(begin, done, kill, shown);
        events.addAll(all);
        proof.put("no-zombies", all);
    }

    private static Optional<String> some() {
        return Optional.of("z1");
    }

    private List<Event> order() {
        List<Event> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparingLong(Event::nanos));
        List<Event> ordered = new ArrayList<>();
        for (Event each : sorted) {
            ordered.add(new Event(
                    ordered.size(),
                    each.nanos(),
                    each.process(),
                    each.type(),
                    each.op(),
                    each.node(),
                    each.key(),
                    each.value(),
                    each.expected(),
                    each.revision(),
                    each.seen(),
                    each.error()));
        }
        proof.replaceAll((check, named) -> named.stream()
                .map(each -> ordered.stream()
                        .filter(other ->
                                other.nanos() == each.nanos() && other.process().equals(each.process()))
                        .findFirst()
                        .orElseThrow())
                .toList());
        return ordered;
    }

    private void sample() {
        samples.addAll(SampleNodes.samples(random, faults, END));
    }

    private Map<String, Object> summary(List<Event> ordered) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("passed", !bad);
        summary.put("seed", 4242);
        summary.put("workload", "mixed");
        summary.put("nemeses", List.of("kill", "partition-halves", "slow-link", "freeze"));
        summary.put("nodes", 3);
        summary.put("time", "PT21S");
        summary.put("network", "namespaces");
        summary.put("version", "0.1.0-SNAPSHOT");
        summary.put("verdicts", SampleVerdicts.of(proof, label));
        summary.put(
                "skipped",
                List.of(Map.of(
                        "nemesis", "disk-full", "why", "no loop devices here: mount failed with EPERM" + label)));
        Map<String, Object> counts = new LinkedHashMap<>();
        for (Event.Type type : List.of(Event.Type.OK, Event.Type.FAIL, Event.Type.INFO)) {
            counts.put(
                    Words.of(type),
                    ordered.stream().filter(each -> each.type() == type).count());
        }
        summary.put("counts", counts);
        summary.put("bug", "");
        return summary;
    }

    private void moment(long nanos, String process, Op op, String key, Optional<String> value) {
        events.add(event(nanos, process, Event.Type.OK, op, "", key, value));
    }

    private static Event event(
            long nanos, String process, Event.Type type, Op op, String node, String key, Optional<String> value) {
        return new Event(
                0,
                nanos,
                process,
                type,
                op,
                node,
                key,
                value,
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(),
                Optional.empty());
    }

    private static Event expecting(Event event, long revision) {
        return new Event(
                0,
                event.nanos(),
                event.process(),
                event.type(),
                event.op(),
                event.node(),
                event.key(),
                event.value(),
                OptionalLong.of(revision),
                event.revision(),
                event.seen(),
                event.error());
    }

    private static Event with(Event event, OptionalLong revision, List<Seen> seen, Optional<String> error) {
        return new Event(
                0,
                event.nanos(),
                event.process(),
                event.type(),
                event.op(),
                event.node(),
                event.key(),
                event.value(),
                event.expected(),
                revision,
                seen,
                error);
    }
}
