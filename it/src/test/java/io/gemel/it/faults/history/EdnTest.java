package io.gemel.it.faults.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The export says to Jepsen's checkers what the history says. */
class EdnTest {
    private static final String KEY = "public/g/s#10.0.0.1:80/c";

    @TempDir
    Path dir;

    private final List<Event> events = new ArrayList<>();

    @Test
    void registersAreWrittenAsIndependentOperations() {
        event("a", Event.Type.INVOKE, Op.REGISTER, "v1", 0, 0);
        event("a", Event.Type.OK, Op.REGISTER, "v1", 0, 7);
        event("b", Event.Type.INVOKE, Op.CAS, "v2", 7, 0);
        event("b", Event.Type.FAIL, Op.CAS, "v2", 7, 0);
        event("a", Event.Type.INVOKE, Op.READ, "", 0, 0);
        event("a", Event.Type.OK, Op.READ, "v1", 0, 7);
        event("a", Event.Type.INVOKE, Op.DEREGISTER, "", 0, 0);
        event("a", Event.Type.OK, Op.DEREGISTER, "", 0, 9);
        event("b", Event.Type.INVOKE, Op.CAS, "v3", 0, 0);

        assertThat(Edn.lines(new History(events)))
                .containsExactly(
                        line(0, "0", "invoke", "write", "\"v1\"", ""),
                        line(1, "0", "ok", "write", "\"v1\"", ", :revision 7"),
                        line(2, "1", "invoke", "cas", "[\"v1\" \"v2\"]", ""),
                        line(3, "1", "fail", "cas", "[\"v1\" \"v2\"]", ", :error \"WHY: \\\"so\\\"\""),
                        line(4, "0", "invoke", "read", "nil", ""),
                        line(5, "0", "ok", "read", "\"v1\"", ", :revision 7"),
                        line(6, "0", "invoke", "write", "nil", ""),
                        line(7, "0", "ok", "write", "nil", ", :revision 9"),
                        line(8, "1", "invoke", "cas", "[nil \"v3\"]", ""));
    }

    @Test
    void aProcessThatEndedUnknownIsNotUsedAgain() {
        event("a", Event.Type.INVOKE, Op.READ, "", 0, 0);
        event("a", Event.Type.INFO, Op.READ, "", 0, 0);
        event("a", Event.Type.INVOKE, Op.READ, "", 0, 0);
        event("a", Event.Type.OK, Op.READ, "", 0, 0);

        assertThat(Edn.lines(new History(events)))
                .extracting(line -> line.replaceAll(".*:process (\\d+).*", "$1"))
                .containsExactly("0", "0", "1", "1");
    }

    @Test
    void aHistoryWithoutReadsIsASet() {
        event("a", Event.Type.INVOKE, Op.REGISTER, "v1", 0, 0);
        event("a", Event.Type.OK, Op.REGISTER, "v1", 0, 7);
        Seen seen = new Seen("10.0.0.1:80/c", "v1", 7, false);
        Seen other = new Seen("10.0.0.2:80/c", "x", 0, true);
        list("b", Event.Type.INVOKE);
        list("b", Event.Type.OK, seen, other);

        List<String> lines = Edn.lines(new History(events));

        assertThat(lines.get(1)).contains(":type :ok, :f :add, :value \"" + KEY + "\"");
        assertThat(lines.get(2)).contains(":type :invoke, :f :read, :value nil");
        assertThat(lines.get(3)).contains(":type :ok, :f :read, :value #{\"" + KEY + "\"}");
    }

    @Test
    void whatIsRemovedIsNoPartOfTheSet() {
        event("a", Event.Type.INVOKE, Op.REGISTER, "v1", 0, 0);
        event("a", Event.Type.OK, Op.REGISTER, "v1", 0, 7);
        event("a", Event.Type.INVOKE, Op.DEREGISTER, "", 0, 0);
        list("b", Event.Type.INVOKE);
        list("b", Event.Type.OK, new Seen("10.0.0.1:80/c", "v1", 7, false));

        assertThat(Edn.lines(new History(events))).hasSize(2).last().asString().contains(":value #{}");
    }

    @Test
    void sessionsAreLeftOutAndFaultsAreTheNemesis() throws IOException {
        events.add(bare("c", Event.Type.INVOKE, Op.OPEN, ""));
        event("c", Event.Type.INVOKE, Op.REGISTER, "incarnation", 0, 0);
        events.add(bare("fault-kill", Event.Type.INVOKE, Op.FAULT, "kill-one"));
        events.add(bare("fault-kill", Event.Type.OK, Op.FAULT, "kill-one"));
        Path file = dir.resolve("history.edn");

        Edn.write(file, new History(events));

        assertThat(Files.readAllLines(file))
                .hasSize(2)
                .allMatch(line -> line.contains(":process :nemesis, :type :info, :f :kill-one, :value nil"));
    }

    @Test
    void everyLineIsOneBalancedMap() {
        event("a", Event.Type.INVOKE, Op.CAS, "v\\\"}{[", 3, 0);
        event("a", Event.Type.INFO, Op.CAS, "v\n2", 3, 0);
        Pattern form = Pattern.compile(
                "\\{:index \\d+, :time \\d+, :process \\d+, :type :[a-z]+, :f :[a-z-]+, :value \\[(\"([^\"\\\\]|\\\\.)*\"|[\\[\\] ])*\\].*\\}");

        events.add(bare("x", Event.Type.INVOKE, Op.READ, KEY));

        assertThat(Edn.lines(new History(events)).subList(0, 2))
                .allMatch(line -> form.matcher(line).matches());
    }

    private static String line(int index, String process, String type, String function, String value, String more) {
        return "{:index %d, :time %d, :process %s, :type :%s, :f :%s, :value [\"%s\" %s], :node \"s1\"%s}"
                .formatted(index, index * 10, process, type, function, KEY, value, more);
    }

    private void event(String process, Event.Type type, Op op, String value, long expected, long revision) {
        events.add(new Event(
                events.size(),
                events.size() * 10L,
                process,
                type,
                op,
                "s1",
                KEY,
                Optional.of(value).filter(text -> !text.isEmpty()),
                op == Op.CAS ? OptionalLong.of(expected) : OptionalLong.empty(),
                revision == 0 ? OptionalLong.empty() : OptionalLong.of(revision),
                List.of(),
                type == Event.Type.FAIL ? Optional.of("WHY: \"so\"") : Optional.empty()));
    }

    private void list(String process, Event.Type type, Seen... seen) {
        events.add(new Event(
                events.size(),
                events.size() * 10L,
                process,
                type,
                Op.LIST,
                "s1",
                "public/g/s",
                Optional.of("linearizable"),
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(seen),
                Optional.empty()));
    }

    private Event bare(String process, Event.Type type, Op op, String key) {
        return new Event(
                events.size(),
                events.size() * 10L,
                process,
                type,
                op,
                "",
                key,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(),
                Optional.empty());
    }
}
