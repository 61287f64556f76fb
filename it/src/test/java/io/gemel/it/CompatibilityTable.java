package io.gemel.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which client does what: a table in Markdown for each kind of clients, with a row for what they do and a column for a version. */
final class CompatibilityTable {
    private static final String NOT_TRIED = "–";

    /** A version of a kind of clients, and what it does. */
    record Cell(String clients, String version, String what) {}

    private final Map<Cell, String> words = new LinkedHashMap<>();

    /** Notes whether it does. */
    void put(Cell cell, boolean works) {
        put(cell, works ? "yes" : "no");
    }

    /** Notes what is in {@code table}, too. */
    void putAll(CompatibilityTable table) {
        table.words.forEach(this::put);
    }

    /** What does not work once does not work. */
    private void put(Cell cell, String word) {
        words.merge(cell, word, (before, now) -> before.equals("no") ? before : now);
    }

    /** What is in the tables of a document as {@link #markdown} writes it; other text is passed over. */
    static CompatibilityTable parse(String document) {
        CompatibilityTable table = new CompatibilityTable();
        String clients = "";
        List<String> versions = List.of();
        for (String line : document.lines().toList()) {
            if (line.startsWith("## ")) {
                clients = line.substring(3);
                versions = List.of();
            } else if (line.startsWith("| ") && versions.isEmpty()) {
                versions = cells(line);
            } else if (line.startsWith("| ") && !line.startsWith("| ---")) {
                List<String> row = cells(line);
                for (int i = 1; i < row.size(); i++) {
                    if (!row.get(i).equals(NOT_TRIED)) {
                        table.words.put(new Cell(clients, versions.get(i), row.get(0)), row.get(i));
                    }
                }
            }
        }
        return table;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(2, line.length() - 2).split(" \\| ", -1))
                .toList();
    }

    /** What was noted here and is not, or otherwise, in {@code document}: a line each. */
    List<String> missingIn(CompatibilityTable document) {
        List<String> missing = new ArrayList<>();
        words.forEach((cell, word) -> {
            Optional<String> written = Optional.ofNullable(document.words.get(cell));
            if (!written.equals(Optional.of(word))) {
                missing.add("%s %s, %s: %s, and in the document %s"
                        .formatted(
                                cell.clients(),
                                cell.version(),
                                cell.what(),
                                word,
                                written.orElse("there is no such cell")));
            }
        });
        return missing;
    }

    /** This, and what {@code document} says of the rest. */
    CompatibilityTable over(CompatibilityTable document) {
        CompatibilityTable both = new CompatibilityTable();
        both.words.putAll(document.words);
        both.words.putAll(words);
        return both;
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** The tables, in an order that does not depend on that of the tests. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        for (String clients : sorted(words.keySet(), Cell::clients)) {
            List<Cell> cells = words.keySet().stream()
                    .filter(cell -> cell.clients().equals(clients))
                    .toList();
            SortedSet<String> versions = sorted(cells, Cell::version);
            text.append("\n## ").append(clients).append("\n\n");
            text.append(row("", versions.stream()));
            text.append(row("---", versions.stream().map(version -> "---")));
            for (String what : sorted(cells, Cell::what)) {
                text.append(row(
                        what,
                        versions.stream()
                                .map(version -> words.getOrDefault(new Cell(clients, version, what), NOT_TRIED))));
            }
        }
        return text.toString();
    }

    private static SortedSet<String> sorted(Collection<Cell> cells, Function<Cell, String> part) {
        return cells.stream().map(part).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String row(String first, Stream<String> others) {
        return Stream.concat(Stream.of(first), others).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
