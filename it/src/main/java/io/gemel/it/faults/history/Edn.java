package io.gemel.it.faults.history;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The form of a history that Jepsen's checkers read, one operation a line, so that an outsider can judge the same run with
 * another tool.
 *
 * <p>A history with {@link Op#READ}s is written as registers: {@code :read}, {@code :write} and {@code :cas} with values
 * {@code [key value]}, as {@code jepsen.independent} has them; {@code nil} is absent, a deregistration is a write of {@code nil}. A
 * {@code :cas} names the values {@code [old new]} where the registry was given the revision of {@code old}; each value must
 * therefore be written only once to a key. Knossos' {@code cas-register} decides it.
 *
 * <p>A history without is written as a set: {@code :add} of an instance key, {@code :read} of all (the linearizable lists), for
 * {@code set-full}, which knows no removal: what somebody tried to remove is left out.
 *
 * <p>Processes are integers; one that ended unknown is not used again. Faults are operations of {@code :nemesis}. Further keys
 * ({@code :node}, {@code :revision}, {@code :error}) are for readers.
 */
public final class Edn {
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> processes = new HashMap<>();
    private final Map<String, Boolean> busy = new HashMap<>();
    private final Map<String, String> valueAt = new HashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final Set<String> ephemeral;
    private int nextProcess;

    private Edn(History history) {
        ephemeral = history.of(Op.OPEN).stream().map(Event::process).collect(Collectors.toSet());
        for (Event event : history.events()) {
            if (event.op() == Op.DEREGISTER) {
                removed.add(event.key());
            }
            noteValue(event);
        }
    }

    /** Replaces {@code file} by what {@code history} says of persistent instances. */
    public static void write(Path file, History history) {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (String line : lines(history)) {
                writer.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    static List<String> lines(History history) {
        Edn edn = new Edn(history);
        boolean registers = !history.of(Op.READ).isEmpty();
        history.events().forEach(event -> edn.add(event, registers));
        return edn.lines;
    }

    /** Remembers which value a revision of a key stands for, to tell the old value of a compare-and-set. */
    private void noteValue(Event event) {
        if (event.type() == Event.Type.OK
                && event.revision().isPresent()
                && event.value().isPresent()) {
            valueAt.put(
                    event.key() + "@" + event.revision().getAsLong(),
                    event.value().get());
        }
    }

    private void add(Event event, boolean registers) {
        if (event.op() == Op.FAULT) {
            line(event, ":nemesis", ":info", ":" + event.key(), text(event.value()));
        } else if (!ephemeral.contains(event.process())) {
            Optional<String> function = registers ? registerFunction(event) : setFunction(event);
            function.ifPresent(f -> {
                String value = registers ? registerValue(event) : setValue(event);
                line(event, process(event), ":" + type(event), f, value);
            });
        }
    }

    private static Optional<String> registerFunction(Event event) {
        return switch (event.op()) {
            case REGISTER, DEREGISTER -> Optional.of(":write");
            case CAS -> Optional.of(":cas");
            case READ -> Optional.of(":read");
            case LIST, VIEW, OPEN, CLOSE, KILL, FREEZE, THAW, FAULT, PHASE -> Optional.empty();
        };
    }

    private String registerValue(Event event) {
        String value = event.op() == Op.DEREGISTER ? "nil" : text(event.value());
        if (event.op() == Op.CAS) {
            value = "[" + old(event) + " " + value + "]";
        }
        return "[" + text(event.key()) + " " + value + "]";
    }

    private String old(Event event) {
        long expected = event.expected().orElse(0);
        if (expected == 0) {
            return "nil";
        }
        return text(valueAt.getOrDefault(event.key() + "@" + expected, "revision " + expected));
    }

    private Optional<String> setFunction(Event event) {
        return switch (event.op()) {
            case REGISTER, CAS -> removed.contains(event.key()) ? Optional.empty() : Optional.of(":add");
            case LIST -> linearizable(event) ? Optional.of(":read") : Optional.empty();
            case DEREGISTER, READ, VIEW, OPEN, CLOSE, KILL, FREEZE, THAW, FAULT, PHASE -> Optional.empty();
        };
    }

    /** Whether a LIST asked to see every acknowledged write: its invocation says so as its value; its completion has the same. */
    private static boolean linearizable(Event event) {
        return event.value().filter("linearizable"::equals).isPresent();
    }

    private String setValue(Event event) {
        if (event.op() != Op.LIST) {
            return text(event.key());
        }
        if (event.type() != Event.Type.OK) {
            return "nil";
        }
        return event.seen().stream()
                .filter(seen -> !seen.ephemeral())
                .map(seen -> event.key() + "#" + seen.key())
                .filter(key -> !removed.contains(key))
                .map(Edn::text)
                .collect(Collectors.joining(" ", "#{", "}"));
    }

    private static String type(Event event) {
        return switch (event.type()) {
            case INVOKE -> "invoke";
            case OK -> "ok";
            case FAIL -> "fail";
            case INFO -> "info";
        };
    }

    private String process(Event event) {
        String name = event.process();
        boolean begins = event.type() == Event.Type.INVOKE;
        if (!processes.containsKey(name) || (begins && busy.getOrDefault(name, false))) {
            processes.put(name, nextProcess++);
        }
        // One whose operation ended unknown stays busy for ever.
        busy.put(name, begins || event.type() == Event.Type.INFO);
        return processes.getOrDefault(name, 0).toString();
    }

    private void line(Event event, String process, String type, String function, String value) {
        StringBuilder line = new StringBuilder(128);
        line.append("{:index ").append(lines.size());
        line.append(", :time ").append(event.nanos());
        line.append(", :process ").append(process);
        line.append(", :type ").append(type);
        line.append(", :f ").append(function);
        line.append(", :value ").append(value);
        if (!event.node().isEmpty()) {
            line.append(", :node ").append(text(event.node()));
        }
        event.revision().ifPresent(revision -> line.append(", :revision ").append(revision));
        event.error().ifPresent(error -> line.append(", :error ").append(text(error)));
        lines.add(line.append('}').toString());
    }

    private static String text(Optional<String> value) {
        return value.map(Edn::text).orElse("nil");
    }

    private static String text(String value) {
        String escaped = value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
        return "\"" + escaped + "\"";
    }
}
