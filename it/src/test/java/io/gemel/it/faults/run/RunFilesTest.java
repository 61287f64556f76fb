package io.gemel.it.faults.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunFilesTest {
    private final Catalogue catalogue = new Catalogue();

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "10s, auto,    '',         true,  ''",
        "8s,  auto,    '',         false, ''",
        "10s, auto,    '',         false, ' --no-restarts'",
        "8s,  auto,    '',         true,  ' --restarts'",
        "10s, proxies, stale-read, true,  ' --network proxies --bug stale-read'"
    })
    void theCommandRepeatsTheSameRun(String time, String network, String bug, boolean restarts, String options) {
        RunPlan plan = new RunPlan(
                7,
                catalogue.workload("set").orElseThrow(),
                List.of(catalogue.nemesis("kill-one").orElseThrow()),
                TimeText.read(time).orElseThrow(),
                5,
                dir,
                network,
                bug,
                restarts);

        assertThat(plan.command())
                .isEqualTo("./gemel faults --workload set --nemesis kill-one --time " + time + " --seed 7 --nodes 5"
                        + options);
    }

    @Test
    void aSoakMayTakeThePlaceOfAnotherSoakAndOfNothingElse() throws IOException {
        RunFiles.emptyForSoak(dir, 1, Duration.ofMinutes(5));
        Files.writeString(dir.resolve("index.html"), "of the first");
        RunFiles.emptyForSoak(dir, 2, Duration.ofMinutes(5));
        assertThat(dir.resolve("index.html")).doesNotExist();

        Path site = Files.createDirectories(dir.resolve("site"));
        Files.writeString(site.resolve("index.html"), "of somebody");
        assertThatThrownBy(() -> RunFiles.emptyForSoak(site, 3, Duration.ofMinutes(5)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(site.resolve("index.html")).exists();
    }

    @Test
    void ofRunsThatPassedAllSummariesAndTheNewestReportsStay() throws IOException {
        List<Path> passed = new ArrayList<>();
        for (int run = 0; run < 203; run++) {
            Path one = Files.createDirectories(dir.resolve("run-" + run));
            for (String file : List.of("report.html", "summary.json", "history.jsonl")) {
                Files.writeString(one.resolve(file), "{}");
            }
            Files.createDirectories(one.resolve("s1/data"));
            RunFiles.keepReport(one);
            passed.add(one);
            RunFiles.boundReports(passed);
        }

        assertThat(names(passed.get(0))).containsExactly("summary.json");
        assertThat(names(passed.get(2))).containsExactly("summary.json");
        assertThat(names(passed.get(3))).containsExactly("report.html", "summary.json");
        assertThat(names(passed.get(202))).containsExactly("report.html", "summary.json");
    }

    @Test
    void theScoreOfSeededBugsIsThatOfTheBuildOrElseTheRecordedOne() {
        assertThat(RunFiles.mutationScore()).hasFileName("mutation-score.json").isNotEmptyFile();
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
