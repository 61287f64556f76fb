package io.gemel.it.faults.check;

import io.gemel.it.faults.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Makes histories that are legal because they were made so: each operation has a moment at which a real register carries it
 * out.
 */
final class Registers {
    private final SplittableRandom random;
    private final List<Made> all = new ArrayList<>();
    private final Map<String, Long> revisions = new HashMap<>();
    private final Map<String, String> values = new HashMap<>();
    private long revision;
    private int number;

    Registers(long seed) {
        random = new SplittableRandom(seed);
    }

    /** When an operation began, was carried out, and ended. */
    private record Moments(long from, long moment, long to) {}

    /** An operation as it went. */
    static final class Made {
        final long from;
        final long to;
        final long moment;
        final boolean told;
        final String process;
        final Op op;
        final String key;
        Optional<String> value;
        OptionalLong expected = OptionalLong.empty();
        OptionalLong revision = OptionalLong.empty();
        boolean failed;

        private Made(Moments moments, boolean told, String process, Op op, String key, String value) {
            this.from = moments.from;
            this.moment = moments.moment;
            this.to = moments.to;
            this.told = told;
            this.process = process;
            this.op = op;
            this.key = key;
            this.value = value.isEmpty() ? Optional.empty() : Optional.of(value);
        }
    }

    /** {@code operations} on each of {@code keys} by {@code clients}; of one in fifty the client does not hear. */
    List<Made> make(int keys, int operations, int clients) {
        long begin = 0;
        for (int key = 0; key < keys; key++) {
            begin = makeKey("public/g/register#10.0.0." + key + ":80/c", operations, clients, begin);
        }
        all.sort(Comparator.comparingLong(made -> made.moment));
        all.forEach(this::carryOut);
        return all;
    }

    private long makeKey(String key, int operations, int clients, long begin) {
        long[] free = new long[clients];
        long end = begin;
        for (int i = 0; i < operations; i++) {
            int client = i % clients;
            long from = begin + free[client] + random.nextLong(1, 5);
            boolean told = random.nextInt(50) > 0;
            long span = random.nextLong(2, 40);
            long moment = from + 1 + random.nextLong(told ? span - 1 : 200);
            free[client] = from + span - begin;
            Op op = op();
            String process = "c" + client + (told ? "" : "." + i);
            String value = op == Op.REGISTER || op == Op.CAS ? "v" + ++number : "";
            all.add(new Made(new Moments(from, moment, from + span), told, process, op, key, value));
            end = Math.max(end, from + span);
        }
        return end;
    }

    private Op op() {
        int lot = random.nextInt(100);
        if (lot < 40) {
            return Op.READ;
        }
        if (lot < 65) {
            return Op.REGISTER;
        }
        return lot < 92 ? Op.CAS : Op.DEREGISTER;
    }

    private void carryOut(Made made) {
        long now = revisions.getOrDefault(made.key, 0L);
        switch (made.op) {
            case READ -> {
                made.value = Optional.ofNullable(values.get(made.key));
                made.revision = now == 0 ? OptionalLong.empty() : OptionalLong.of(now);
            }
            case REGISTER -> write(made);
            case CAS -> {
                boolean right = random.nextInt(4) > 0;
                made.expected = OptionalLong.of(right ? now : now + 1);
                made.failed = !right;
                if (right) {
                    write(made);
                }
            }
            case DEREGISTER -> {
                made.revision = OptionalLong.of(++revision);
                revisions.remove(made.key);
                values.remove(made.key);
            }
            default -> throw new IllegalStateException("not made: " + made.op);
        }
    }

    private void write(Made made) {
        revision += random.nextInt(1, 3);
        made.revision = OptionalLong.of(revision);
        revisions.put(made.key, revision);
        values.put(made.key, made.value.orElseThrow());
    }

    /** The history that clients would have recorded. */
    static Story tell(List<Made> all) {
        Story story = new Story();
        for (Made made : all) {
            Story.Told told = story.op(made.from, made.process, made.op, made.key);
            made.value.ifPresent(told::value);
            made.expected.ifPresent(told::expected);
            if (!made.told) {
                told.info(made.to);
            } else if (made.failed) {
                told.fail(made.to);
            } else if (made.revision.isPresent()) {
                told.ok(made.to, made.revision.getAsLong());
            } else {
                told.ok(made.to);
            }
        }
        return story;
    }
}
