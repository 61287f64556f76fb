package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import io.gemel.it.faults.history.Seen;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one process did and saw, it does not see undone, whichever nodes it asks: read your writes, monotonic reads, monotonic
 * writes, writes follow reads.
 *
 * <p>Judges processes without an {@code OPEN}: their single operations, their linearizable lists, and those at a minimum revision
 * as far as that reaches.
 */
final class Sessions implements Check {
    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public String promise() {
        return "A process reads its own writes and never reads or writes backwards, on any node.";
    }

    /** What one process knows. */
    private static final class Memory {
        final Map<String, Operation> byKey = new HashMap<>();
        final Map<String, Long> revisions = new HashMap<>();
        Optional<Operation> highest = Optional.empty();
        long high;

        void learn(String key, long revision, Operation from) {
            byKey.put(key, from);
            revisions.put(key, revision);
            if (revision > high) {
                high = revision;
                highest = Optional.of(from);
            }
        }
    }

    @Override
    public Verdict verdict(Evidence evidence) {
        Judgement judgement = new Judgement(this);
        Instances instances = new Instances(evidence);
        Map<String, Memory> memories = new HashMap<>();
        List<Operation> all = Operation.of(evidence.history(), Op.REGISTER, Op.CAS, Op.DEREGISTER, Op.READ, Op.LIST);
        Set<String> sessions =
                evidence.history().of(Op.OPEN).stream().map(Event::process).collect(Collectors.toSet());
        List<Operation> judged = all.stream()
                .filter(one -> one.ok() && !sessions.contains(one.process()))
                .sorted(Comparator.comparingLong(Operation::to))
                .toList();
        long compared = 0;
        for (Operation one : judged) {
            Memory memory = memories.computeIfAbsent(one.process(), process -> new Memory());
            switch (one.op()) {
                case REGISTER, CAS, DEREGISTER -> compared += write(judgement, memory, one);
                case READ -> compared += read(judgement, memory, instances, one);
                case LIST -> compared += list(judgement, memory, instances, one);
                case VIEW, OPEN, CLOSE, KILL, FREEZE, THAW, FAULT, PHASE -> {}
            }
        }
        judgement.figure("processes", memories.size());
        judgement.figure("comparisons", compared);
        return compared == 0
                ? judgement.undecided("no process came back to what it knew")
                : judgement.verdict("%,d comparisons by %,d processes".formatted(compared, memories.size()));
    }

    private static int write(Judgement judgement, Memory memory, Operation write) {
        long revision = Instances.revision(write);
        int compared = memory.highest.isPresent() ? 1 : 0;
        memory.highest
                .filter(before -> before.before(write) && revision <= memory.high)
                .ifPresent(before -> judgement.broken(
                        "%s knew revision %d when it wrote: %s"
                                .formatted(write.process(), memory.high, Linearizability.text(write)),
                        write,
                        List.of(before)));
        memory.learn(write.key(), revision, write);
        return compared;
    }

    private static int read(Judgement judgement, Memory memory, Instances instances, Operation read) {
        int compared = compare(
                judgement, memory, instances, read, read.key(), read.revision().orElse(0), Long.MAX_VALUE);
        read.revision().ifPresent(revision -> memory.learn(read.key(), revision, read));
        return compared;
    }

    private static int list(Judgement judgement, Memory memory, Instances instances, Operation list) {
        long reach = Instances.linearizable(list)
                ? Long.MAX_VALUE
                : list.invoke().expected().orElse(0);
        Map<String, Seen> shown = Instances.persistent(list.completion().orElseThrow());
        int compared = 0;
        for (String key : List.copyOf(memory.byKey.keySet())) {
            if (Keys.service(key).equals(list.key())) {
                Seen seen = shown.get(key);
                compared += compare(judgement, memory, instances, list, key, seen == null ? 0 : seen.revision(), reach);
            }
        }
        shown.forEach((key, seen) -> {
            if (seen.revision() > memory.revisions.getOrDefault(key, 0L)) {
                memory.learn(key, seen.revision(), list);
            }
        });
        return compared;
    }

    /** {@code revision} 0 is absence; {@code reach} up to which revision the answer must be fresh. */
    private static int compare(
            Judgement judgement,
            Memory memory,
            Instances instances,
            Operation answer,
            String key,
            long revision,
            long reach) {
        Operation known = memory.byKey.get(key);
        long before = memory.revisions.getOrDefault(key, 0L);
        if (known == null || before > reach || !known.before(answer)) {
            return 0;
        }
        boolean removed = known.op() == Op.DEREGISTER;
        boolean backwards = revision == 0
                ? !removed
                        && Instances.removal(instances.writes(key), known, answer.to())
                                .isEmpty()
                : removed ? revision <= before : revision < before;
        if (backwards) {
            judgement.broken(
                    "%s knew revision %d of %s and was then shown %s: %s"
                            .formatted(
                                    answer.process(),
                                    before,
                                    key,
                                    revision == 0 ? "nothing" : "revision " + revision,
                                    Linearizability.text(answer)),
                    answer,
                    List.of(known));
        }
        return 1;
    }
}
