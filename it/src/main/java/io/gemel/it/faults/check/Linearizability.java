package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.History;
import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every persistent instance behaves as one register with versions: each operation takes effect at one moment between its
 * beginning and its end.
 *
 * <p>Judges {@code REGISTER}, {@code CAS}, {@code DEREGISTER} and {@code READ} by processes that never {@code OPEN} a session, each key for itself, from
 * absence on: keys must be new in each run. Acknowledged writes carry their revision, which is higher than every earlier one
 * of the key, also across absence; a read carries value and revision, or neither if the instance is absent. What failed did
 * not happen; what ended unknown, or not at all, happened at any later time or never.
 */
final class Linearizability implements Check {
    /** As much as fits into some hundred megabytes and some seconds; a history within the rules needs a hundredth. */
    static final int CONFIGURATIONS_MAX = 1_000_000;

    private static final int CONTEXT = 6;

    private final int configurationsMax;

    Linearizability(int configurationsMax) {
        this.configurationsMax = configurationsMax;
    }

    @Override
    public String name() {
        return "linearizability";
    }

    @Override
    public String promise() {
        return "Each operation on a persistent instance takes effect at one moment between its beginning and its end.";
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Map<String, List<Operation>> keys =
                new TreeMap<>(persistent(evidence.history()).stream().collect(Collectors.groupingBy(Operation::key)));
        List<String> givenUp = new ArrayList<>();
        int most = 0;
        int configurations = 0;
        for (Map.Entry<String, List<Operation>> key : keys.entrySet()) {
            List<Operation> operations = relevant(key.getValue());
            WingGongLowe search = new WingGongLowe(calls(operations), configurationsMax);
            switch (search.search()) {
                case LINEARIZABLE -> {}
                case IMPOSSIBLE -> explain(judgement, key.getKey(), operations, search);
                case GIVEN_UP -> givenUp.add(key.getKey());
            }
            most = Math.max(most, operations.size());
            configurations = Math.max(configurations, search.configurations());
        }
        List<Operation> all = keys.values().stream().flatMap(List::stream).toList();
        long certain = all.stream().filter(Operation::ok).count();
        judgement.figure("operations", all.size());
        judgement.figure("acknowledged", certain);
        judgement.figure("unknown", all.stream().filter(Operation::unknown).count());
        judgement.figure("keys", keys.size());
        judgement.figure("most operations on a key", most);
        judgement.figure("most configurations tried for a key", configurations);
        if (!givenUp.isEmpty()) {
            return judgement.undecided("given up after %,d configurations: %s".formatted(configurationsMax, givenUp));
        }
        long reads = all.stream().filter(one -> one.op() == Op.READ && one.ok()).count();
        if (reads == 0 || certain == reads) {
            return judgement.undecided(
                    "acknowledged: %d writes and %d reads (expected: some of both)".formatted(certain - reads, reads));
        }
        return judgement.verdict("%,d operations on %,d keys".formatted(all.size(), keys.size()));
    }

    /** Single operations on persistent instances: those of processes without a session. */
    static List<Operation> persistent(History history) {
        Set<String> sessions = history.of(Op.OPEN).stream().map(Event::process).collect(Collectors.toSet());
        return Operation.of(history, Op.REGISTER, Op.CAS, Op.DEREGISTER, Op.READ).stream()
                .filter(operation -> !sessions.contains(operation.process()))
                .toList();
    }

    /** Leaves out what cannot matter: failures, reads without answer, and unknown writes of which there is no trace. */
    private static List<Operation> relevant(List<Operation> operations) {
        Set<String> seen = new HashSet<>();
        Set<Long> known = new HashSet<>();
        for (Operation one : operations) {
            if (one.ok()) {
                one.revision().ifPresent(known::add);
                if (one.op() == Op.READ) {
                    one.value().ifPresent(seen::add);
                }
            }
        }
        boolean allKnown = operations.stream()
                .filter(one -> one.op() == Op.CAS && !one.failed())
                .map(one -> one.invoke().expected().orElse(0))
                .allMatch(expected -> expected == 0 || known.contains(expected));
        return operations.stream()
                .filter(one -> one.ok() || (one.unknown() && one.op() != Op.READ && (!allKnown || mayShow(one, seen))))
                .toList();
    }

    private static boolean mayShow(Operation write, Set<String> seen) {
        return write.op() == Op.DEREGISTER
                || write.value().filter(seen::contains).isPresent();
    }

    private static List<WingGongLowe.Call> calls(List<Operation> operations) {
        Map<String, Integer> values = new HashMap<>();
        List<WingGongLowe.Call> calls = new ArrayList<>();
        for (Operation one : operations) {
            int value = one.op() == Op.DEREGISTER
                    ? Register.Step.ABSENT
                    : one.value()
                            .map(text -> values.computeIfAbsent(text, fresh -> values.size()))
                            .orElse(Register.Step.ABSENT);
            long expected = one.op() == Op.CAS ? one.invoke().expected().orElse(0) : 0;
            long revision = one.ok() ? one.revision().orElse(Register.Step.UNKNOWN) : Register.Step.UNKNOWN;
            Register.Step step = new Register.Step(kind(one.op()), value, expected, revision, one.ok());
            calls.add(new WingGongLowe.Call(step, one.from(), one.to()));
        }
        return calls;
    }

    private static Register.Kind kind(Op op) {
        return switch (op) {
            case REGISTER -> Register.Kind.WRITE;
            case CAS -> Register.Kind.CAS;
            case DEREGISTER -> Register.Kind.REMOVE;
            case READ -> Register.Kind.READ;
            case LIST, VIEW, OPEN, CLOSE, KILL, FREEZE, THAW, FAULT, PHASE ->
                throw new IllegalArgumentException("not about one instance: " + op);
        };
    }

    private static void explain(Judgement judgement, String key, List<Operation> operations, WingGongLowe search) {
        Operation impossible = operations.get(search.stuck());
        List<Operation> prefix = search.longest().stream().map(operations::get).toList();
        List<Operation> concurrent = operations.stream()
                .filter(one -> !one.equals(impossible) && !one.before(impossible) && !impossible.before(one))
                .toList();
        List<Operation> others = new ArrayList<>(prefix.subList(Math.max(0, prefix.size() - CONTEXT), prefix.size()));
        concurrent.stream().limit(2 * CONTEXT).forEach(others::add);
        judgement.broken(
                "%s: no order explains %s. The longest legal one places %d of %d operations%s, after which the register holds %s; concurrent to it: %s"
                        .formatted(
                                key,
                                text(impossible),
                                prefix.size(),
                                operations.size(),
                                prefix.isEmpty() ? "" : " and ends with " + text(prefix.get(prefix.size() - 1)),
                                held(search.stateAfterLongest(), prefix),
                                concurrent.isEmpty()
                                        ? "nothing"
                                        : concurrent.stream()
                                                .limit(CONTEXT)
                                                .map(Linearizability::text)
                                                .collect(Collectors.joining("; "))),
                impossible,
                others);
    }

    private static String held(Register.State state, List<Operation> prefix) {
        if (state.absent()) {
            return "nothing (last revision " + state.low() + ")";
        }
        String value = prefix.stream()
                .filter(one -> one.op() == Op.REGISTER || one.op() == Op.CAS)
                .reduce((first, second) -> second)
                .flatMap(Operation::value)
                .orElse("?");
        return state.revision() == Register.Step.UNKNOWN ? value + "@?" : value + "@" + state.revision();
    }

    /** An operation as people read it. */
    static String text(Operation operation) {
        StringBuilder text = new StringBuilder(operation.op().name());
        if (operation.op() == Op.READ) {
            text.append(operation.value().map(value -> " -> " + value).orElse(" -> absent"));
        } else {
            operation.value().ifPresent(value -> text.append(' ').append(value));
            operation
                    .invoke()
                    .expected()
                    .ifPresent(expected -> text.append(" if @").append(expected));
        }
        operation.revision().ifPresent(revision -> text.append('@').append(revision));
        text.append(" by ").append(operation.process());
        if (!operation.node().isEmpty()) {
            text.append(" at ").append(operation.node());
        }
        text.append(" [").append(Spans.moment(operation.from())).append(" .. ");
        text.append(operation.unknown() ? "unknown" : Spans.moment(operation.to()));
        return text.append(']').toString();
    }
}
