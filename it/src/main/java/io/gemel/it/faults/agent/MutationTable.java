package io.gemel.it.faults.agent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the harness against seeded bugs and prints how it fared; by hand: the names of bugs as arguments, none for all. */
final class MutationTable {
    private static final Path DIR = Path.of("it", "target", "faults", "mutants");

    private MutationTable() {}

    /** Ends with 1 if a bug survived. */
    public static void main(String[] names) throws InterruptedException {
        List<Mutant> chosen = Mutants.chosen(names.length == 0 ? "all" : String.join(",", names));
        List<MutationResult> results = new ArrayList<>();
        for (Mutant mutant : chosen) {
            MutationResult result = new MutationRun(mutant, DIR.resolve(mutant.name())).execute();
            results.add(result);
            System.out.println(MutationScore.line(result));
            if (!result.caught()) {
                System.out.println(result.left());
            }
        }
        MutationScore score = new MutationScore(results);
        score.write(DIR.resolveSibling("mutation-score.json"));
        System.out.println(score.table().get(results.size()));
        System.exit(score.survivors().isEmpty() ? 0 : 1);
    }
}
