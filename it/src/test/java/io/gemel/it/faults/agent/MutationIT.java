package io.gemel.it.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The harness finds every seeded bug, by the check that must find it. Those that simulated time alone can find are not tried here.
 *
 * <p>The system property {@code gemel.mutants} says which are tried: {@code quick}, {@code all}, or names separated by commas.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class MutationIT {
    private static final Path DIR = Path.of(System.getProperty("gemel.it.dir")).resolveSibling("faults");

    private final Map<String, MutationResult> results = new ConcurrentHashMap<>();

    static Stream<Mutant> chosen() {
        return Mutants.chosen(System.getProperty("gemel.mutants", "quick")).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chosen")
    void isCaught(Mutant mutant) throws Exception {
        MutationResult result = new MutationRun(mutant, DIR.resolve("mutants").resolve(mutant.name())).execute();
        results.put(mutant.name(), result);

        assumeThat(result.end()).as(result.left()).isNotEqualTo(MutationResult.End.SKIPPED);
        assertThat(result.caught())
                .as(
                        "%s, violated: %s (expected: one of %s)%n%s",
                        result.end(), result.violated(), mutant.checks(), result.left())
                .isTrue();
    }

    @AfterAll
    void tell() {
        List<MutationResult> inOrder = Mutants.all().stream()
                .filter(mutant -> results.containsKey(mutant.name()))
                .map(mutant -> results.get(mutant.name()))
                .toList();
        MutationScore score = new MutationScore(inOrder);
        score.table().forEach(System.out::println);
        score.write(DIR.resolve("mutation-score.json"));
    }
}
