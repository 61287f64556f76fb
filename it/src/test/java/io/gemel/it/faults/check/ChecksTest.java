package io.gemel.it.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import org.junit.jupiter.api.Test;

/** All checks have a name and a promise, and decide nothing of nothing. */
class ChecksTest {
    @Test
    void everyCheckHasANameAndAPromise() {
        assertThat(Checks.all())
                .extracting(Check::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z-]+"));
        assertThat(Checks.all()).extracting(Check::promise).allMatch(promise -> promise.endsWith("."));
        assertThat(Checks.all())
                .extracting(Check::name)
                .containsAll(Checks.watchers().stream().map(Check::name).toList());
    }

    @Test
    void withoutEvidenceNothingIsDecided() {
        Evidence nothing = new Story().evidence();

        assertThat(Checks.all()).allSatisfy(check -> {
            Verdict verdict = check.verdict(nothing);
            assertThat(verdict.check()).isEqualTo(check.name());
            assertThat(verdict.outcome()).as(check.name()).isEqualTo(Outcome.UNDECIDED);
            assertThat(verdict.passed()).isFalse();
            assertThat(verdict.summary()).isNotEmpty();
        });
    }
}
