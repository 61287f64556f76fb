package io.gemel.it.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
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
        assertThat(score.table()).last().isEqualTo("1 of 2 seeded bugs caught: 1 in processes, 0 in simulated time");
        assertThat(Files.readString(dir.resolve("score.json")))
                .contains("\"name\": \"zombie\"")
                .contains("\"end\": \"SURVIVED\"");
    }

    @Test
    void whatSimulatedTimeAloneFindsIsNotTriedAndCountsAsCaughtThere(@TempDir Path dir) throws Exception {
        Mutant unseen = Mutants.all().stream()
                .filter(mutant -> Mutants.simulatedAlone(mutant).isPresent())
                .findFirst()
                .orElseThrow();
        MutationResult result = new MutationRun(unseen, dir.resolve("run")).execute();
        MutationScore score = new MutationScore(List.of(result(MutationResult.End.CAUGHT, "zombies"), result));

        score.write(dir.resolve("score.json"));

        assertThat(dir.resolve("run")).doesNotExist();
        assertThat(score.survivors()).isEmpty();
        assertThat(score.table().get(1)).contains(unseen.name(), "in simulated time", result.left());
        assertThat(score.table()).last().isEqualTo("2 of 2 seeded bugs caught: 1 in processes, 1 in simulated time");
        assertThat(Files.readString(dir.resolve("score.json"))).contains("\"end\": \"caught in simulated time\"");
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

    /** A record of another run than the one that is asked for today would show nothing. */
    @Test
    void whatIsRecordedIsOfTheRunsThatAreAskedFor() {
        Map<String, JsonObject> rows = MutationScore.recorded().stream()
                .collect(Collectors.toMap(row -> row.get("name").getAsString(), row -> row));
        assertThat(Mutants.all()).allSatisfy(mutant -> {
            JsonObject row = Objects.requireNonNull(rows.get(mutant.name()));
            boolean unseen = Mutants.simulatedAlone(mutant).isPresent();
            assertThat(row.get("tried").getAsString().equals(MutationScore.NOT_HERE))
                    .isEqualTo(unseen);
            if (unseen) {
                assertThat(row.getAsJsonArray(MutationScore.SIMULATED)).isNotEmpty();
            } else {
                assertThat(row.get("workload").getAsString()).isEqualTo(mutant.workload());
                assertThat(texts(row, "nemeses")).isEqualTo(mutant.nemeses());
                assertThat(row.get("time").getAsString())
                        .isEqualTo(mutant.time().toString());
                assertThat(texts(row, "violated")).containsAnyElementsOf(mutant.checks());
            }
        });
    }

    private static List<String> texts(JsonObject row, String name) {
        return row.getAsJsonArray(name).asList().stream()
                .map(JsonElement::getAsString)
                .toList();
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
