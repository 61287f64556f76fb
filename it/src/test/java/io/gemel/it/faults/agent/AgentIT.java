package io.gemel.it.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.agent.inside.Bugs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The agent weaves what it is asked to into the jar that people run, or the process ends. */
class AgentIT {
    private static final Path JAR = Path.of(System.getProperty("gemel.jar"));

    @Test
    void everyMutantIsASeededBugAndEverySeededBugAMutant() {
        assertThat(Mutants.all().stream().map(Mutant::name)).containsExactlyInAnyOrderElementsOf(Bugs.names());
    }

    @Test
    void everySeededBugFindsItsPlaceInTheServer() throws Exception {
        List<String> options = Bugs.names().stream().map(name -> "bug=" + name).toList();

        Ended ended = run(options);

        assertThat(ended.output)
                .containsAll(options.stream()
                        .map(option -> "faults-agent ready " + option)
                        .toList());
        assertThat(ended.code).isZero();
    }

    @Test
    void everyFailPointFindsItsPlaceInTheServer() throws Exception {
        String options = "points=target/fail-point";

        Ended ended = run(List.of(options));

        assertThat(ended.output).contains("faults-agent ready " + options);
        assertThat(ended.code).isZero();
    }

    @Test
    void aProcessIntoWhichTheBugCannotBeWovenEnds() throws Exception {
        Ended ended = run(List.of("bug=of-which-nobody-has-heard"));

        assertThat(ended.output).anyMatch(line -> line.startsWith("faults-agent error bug of-which-nobody-has-heard"));
        assertThat(ended.code).isEqualTo(97);
    }

    @Test
    void theJarThatPeopleRunHoldsNothingOfTheAgent() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().map(JarEntry::getName))
                    .noneMatch(name -> name.startsWith("io/gemel/it/") || name.contains("bytebuddy"))
                    .anyMatch(name -> name.equals("io/gemel/bootstrap/Main.class"));
        }
    }

    private static Ended run(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        options.forEach(option -> command.add(AgentJar.option(option)));
        Stream.of("-jar", JAR.toString(), "--version").forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Ended(process.exitValue(), output.lines().toList());
        } finally {
            process.destroyForcibly();
        }
    }

    private record Ended(int code, List<String> output) {}
}
