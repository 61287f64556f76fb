package io.gemel.it.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bug counts as caught by the checks that must find it, and by no others. */
class MutationScoreTest {
    private static final Mutant ZOMBIE = mutant("zombie");

    @Test
    void isCaughtByACheckThatMustFindIt() {
        assertThat(result("growth", "zombies").caught()).isTrue();
    }

    @Test
    void isNotCaughtByAnyOtherCheck() {
        assertThat(result("growth").caught()).isFalse();
        assertThat(result().caught()).isFalse();
    }

    @Test
    void theScoreNamesWhoSurvived(@TempDir Path dir) throws Exception {
        MutationScore score = new MutationScore(List.of(result("zombies"), result("growth")));

        score.write(dir.resolve("score.json"));

        assertThat(score.survivors()).containsExactly("zombie");
        assertThat(score.table()).last().isEqualTo("1 of 2 seeded bugs caught");
        assertThat(Files.readString(dir.resolve("score.json")))
                .contains("\"caught\": 1")
                .contains("\"all\": 2");
    }

    @Test
    void everyMutantNamesWhatMustFindIt() {
        assertThat(Mutants.all()).allSatisfy(mutant -> {
            assertThat(mutant.checks()).isNotEmpty();
            assertThat(mutant.description()).isNotBlank();
        });
        assertThat(Mutants.all().stream().map(Mutant::name)).doesNotHaveDuplicates();
    }

    private static MutationResult result(String... violated) {
        return new MutationResult(ZOMBIE, 1, List.of(violated), true, 20, "");
    }

    private static Mutant mutant(String name) {
        return Mutants.all().stream()
                .filter(mutant -> mutant.name().equals(name))
                .findAny()
                .orElseThrow();
    }
}
