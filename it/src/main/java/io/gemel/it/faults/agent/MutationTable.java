package io.gemel.it.faults.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs the harness against seeded bugs and prints how it fared; by hand: the names of bugs as arguments, none for all. */
final class MutationTable {
    private static final Path DIR = Path.of("it", "target", "faults", "mutants");
    private static final long SEED = 1;

    private MutationTable() {}

    /** Ends with 1 if a bug survived. */
    public static void main(String[] names) throws InterruptedException {
        List<Mutant> chosen = Mutants.chosen(names.length == 0 ? "all" : String.join(",", names));
        List<MutationResult> results = new ArrayList<>();
        for (Mutant mutant : chosen) {
            MutationResult result = new MutationRun(mutant, SEED, DIR.resolve(mutant.name())).execute();
            results.add(result);
            new MutationScore(List.of(result)).table().stream().limit(1).forEach(System.out::println);
            Optional.of(result.left()).filter(left -> !left.isEmpty()).ifPresent(System.out::println);
        }
        MutationScore score = new MutationScore(results);
        score.write(DIR.resolveSibling("mutation-score.json"));
        score.table().forEach(System.out::println);
        System.exit(score.survivors().isEmpty() ? 0 : 1);
    }
}
