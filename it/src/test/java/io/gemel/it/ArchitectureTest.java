package io.gemel.it;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.gemel.it.ArchitectureRules.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code keeps to the architecture, and would be told if it did not. */
class ArchitectureTest {
    private static final String ROOT = "io.gemel";
    private static final String WRONG_ROOT = "io.gemel.it.wrong";

    /** The product. Tests, these and the modules' own, are left out, but what they use counts as used. */
    private static final JavaClasses GEMEL = new ClassFileImporter()
            .importPackages(ROOT)
            .that(resideOutsideOfPackage(ROOT + ".it.."))
            .that(not(describe("tests", ArchitectureTest::isTest)));

    private static final JavaClasses WRONG = new ClassFileImporter().importPackages(WRONG_ROOT);

    private static boolean isTest(JavaClass type) {
        return type.getSource()
                .map(source -> source.getUri().toString())
                .filter(place -> place.contains("/test-classes/") || place.contains("-tests.jar"))
                .isPresent();
    }

    static List<Rule> rules() {
        return new ArchitectureRules(ROOT).all();
    }

    static List<Rule> rulesForWrongClasses() {
        return new ArchitectureRules(WRONG_ROOT).all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theCodeKeepsToTheRule(Rule rule) {
        rule.rule().check(GEMEL);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rulesForWrongClasses")
    void aClassThatBreaksTheRuleIsReported(Rule rule) {
        List<String> reports = rule.rule().evaluate(WRONG).getFailureReport().getDetails();

        assertThat(rule.brokenBy())
                .isNotEmpty()
                .allSatisfy(wrong -> assertThat(reports).anyMatch(report -> report.contains(wrong)));
    }

    /** What peers may ask on the Raft port goes on into JRaft. */
    @Test
    void jraftMakesNoObjectsOfBytesEither() {
        JavaClasses jraft = new ClassFileImporter().importPackages("com.alipay.sofa.jraft");

        assertThat(jraft.contain("com.alipay.sofa.jraft.core.NodeImpl")).isTrue();
        classes()
                .that()
                .resideInAPackage("com.alipay.sofa.jraft..")
                .should()
                .onlyDependOnClassesThat(not(ArchitectureRules.DESERIALISERS))
                .check(jraft);
    }

    @Test
    void theRulesSeeTheCodeOfEveryModule() {
        assertThat(GEMEL.stream().map(type -> type.getPackageName()).distinct())
                .contains(
                        "io.gemel.naming",
                        "io.gemel.typed",
                        "io.gemel.transport.grpc",
                        "io.gemel.transport.nacos",
                        "io.gemel.consistency.distro");
    }
}
