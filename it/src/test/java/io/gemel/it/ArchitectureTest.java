package io.gemel.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.gemel.it.ArchitectureRules.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code keeps to the architecture, and would be told if it did not. */
class ArchitectureTest {
    private static final String ROOT = "io.gemel";
    private static final String WRONG_ROOT = "io.gemel.it.wrong";

    private static final JavaClasses GEMEL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    private static final JavaClasses WRONG = new ClassFileImporter().importPackages(WRONG_ROOT);

    static List<Rule> rules() {
        return new ArchitectureRules(ROOT).all();
    }

    static List<Rule> rulesForWrongClasses() {
        return new ArchitectureRules(WRONG_ROOT).all();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theCodeKeepsToTheRule(Rule rule) {
        rule.rule().check(GEMEL);
    }

    @ParameterizedTest
    @MethodSource("rulesForWrongClasses")
    void aClassThatBreaksTheRuleIsReported(Rule rule) {
        List<String> reports = rule.rule().evaluate(WRONG).getFailureReport().getDetails();

        assertThat(rule.brokenBy())
                .isNotEmpty()
                .allSatisfy(wrong -> assertThat(reports).anyMatch(report -> report.contains(wrong)));
    }

    @Test
    void theRulesSeeTheCodeOfEveryModule() {
        assertThat(GEMEL.stream().map(type -> type.getPackageName()).distinct())
                .contains("io.gemel.naming", "io.gemel.transport.grpc", "io.gemel.consistency.distro");
    }
}
