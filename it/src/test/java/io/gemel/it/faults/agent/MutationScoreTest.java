package io.gemel.it.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The score counts what was caught and names the rest; each seeded bug says which checks must find it. */
class MutationScoreTest {
    private static final Mutant ZOMBIE = mutant("zombie");

    @Test
    void theScoreNamesWhoSurvived(@TempDir Path dir) throws Exception {
        MutationScore score = new MutationScore(
                List.of(result(MutationResult.End.CAUGHT, "zombies"), result(MutationResult.End.SURVIVED, "growth")));

        score.write(dir.resolve("score.json"));

        assertThat(score.survivors()).containsExactly("zombie");
        assertThat(score.table()).last().isEqualTo("1 of 2 seeded bugs caught");
        assertThat(Files.readString(dir.resolve("score.json")))
                .contains("\"name\": \"zombie\"")
                .contains("\"end\": \"SURVIVED\"");
    }

    @Test
    void everyMutantNamesWhatMustFindIt() {
        assertThat(Mutants.all()).allSatisfy(mutant -> {
            assertThat(mutant.checks()).isNotEmpty();
            assertThat(mutant.description()).isNotBlank();
        });
        assertThat(Mutants.all().stream().map(Mutant::name)).doesNotHaveDuplicates();
    }

    @Test
    void whatIsRecordedIsEverySeededBugAndNoneSurvived() {
        assertThat(MutationScore.recorded())
                .extracting(row -> row.get("name").getAsString())
                .containsExactlyElementsOf(
                        Mutants.all().stream().map(Mutant::name).toList());
        assertThat(MutationScore.recorded())
                .allSatisfy(row -> assertThat(row.get("caught").getAsBoolean()).isTrue());
    }

    private static MutationResult result(MutationResult.End end, String... violated) {
        return new MutationResult(ZOMBIE, 1, 1, end, List.of(violated), 20, "");
    }

    private static Mutant mutant(String name) {
        return Mutants.all().stream()
                .filter(mutant -> mutant.name().equals(name))
                .findAny()
                .orElseThrow();
    }
}
