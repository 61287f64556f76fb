package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which results are a reason for a change, and how many changes go through. */
class HealthRuleTest {
    @Test
    void aFailureOrTwoAreNoReasonAndASuccessBeginsAnew() {
        assertThat(due(new HealthRule(2, 3), true, "--+--+---")).containsExactly("9:false");
    }

    @Test
    void whatIsDueStaysDueUntilItIsAgreed() {
        assertThat(due(new HealthRule(2, 3), true, "-----")).containsExactly("3:false", "4:false", "5:false");
        assertThat(due(new HealthRule(2, 3), false, "-----")).isEmpty();
    }

    @Test
    void anUnhealthyOneRisesAfterItsSuccesses() {
        assertThat(due(new HealthRule(2, 3), false, "+-+-++")).containsExactly("6:true");
        assertThat(due(new HealthRule(1, 1), false, "-+")).containsExactly("2:true");
        assertThat(due(new HealthRule(20, 1), false, "+".repeat(20))).containsExactly("20:true");
    }

    @Test
    void aNewCheckerTakesOverWithoutAFlap() {
        assertThat(due(new HealthRule(2, 3), false, "---")).isEmpty();
        assertThat(due(new HealthRule(2, 3), true, "+++")).isEmpty();
    }

    @Test
    void thresholdsBelowOneAreRefused() {
        assertThatThrownBy(() -> new HealthRule(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBucketLetsABurstThroughAndThenItsRate() {
        ManualTicker ticker = new ManualTicker();
        TokenBucket bucket = new TokenBucket(20, 10, ticker);
        assertThat(bucket.take(200)).isEqualTo(10);
        assertThat(bucket.take(200)).isZero();
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            ticker.advance(Duration.ofMillis(70));
            taken += bucket.take(200);
        }
        assertThat(taken).isBetween(139, 141);
        ticker.advance(Duration.ofHours(1));
        assertThat(bucket.take(3)).isEqualTo(3);
        assertThat(bucket.take(200)).isEqualTo(7);
    }

    private static List<String> due(HealthRule rule, boolean shown, String results) {
        List<String> due = new ArrayList<>();
        for (int i = 1; i <= results.length(); i++) {
            int at = i;
            rule.noted(results.charAt(i - 1) == '+', shown).ifPresent(healthy -> due.add(at + ":" + healthy));
        }
        return due;
    }
}
