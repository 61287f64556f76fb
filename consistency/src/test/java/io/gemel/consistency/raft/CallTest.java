package io.gemel.consistency.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.RegistryException.Code;
import org.junit.jupiter.api.Test;

/** When a call that nobody answers is over. */
class CallTest {
    private static final long IN_VAIN = 2;
    private static final long DEADLINE = 5;

    @Test
    void whatWaitsForALeaderWhileNobodyLeadsIsOverSooner() {
        Call<Void> call = new Call<>(DEADLINE, IN_VAIN, Code.NO_LEADER, "no leader");

        assertThat(call.over(IN_VAIN - 1, true)).isFalse();
        assertThat(call.over(IN_VAIN, true)).isTrue();
        assertThat(call.over(DEADLINE - 1, false)).as("behind a slow leader").isFalse();
        assertThat(call.over(DEADLINE, false)).isTrue();
    }

    @Test
    void whatWaitsForThisNodeToBeFarEnoughIsOverSooner() {
        Call<Void> call = new Call<>(DEADLINE, IN_VAIN, Code.NOT_READY, "not there yet");

        assertThat(call.over(IN_VAIN, false)).isTrue();
    }

    @Test
    void whatMayHaveBeenDoneHasAllItsTime() {
        Call<Void> call = new Call<>(DEADLINE, IN_VAIN, Code.NO_LEADER, "no leader");
        assertThat(call.ifLate(Code.UNKNOWN_OUTCOME, "proposed")).isTrue();

        assertThat(call.over(DEADLINE - 1, true)).isFalse();
        assertThat(call.over(DEADLINE, true)).isTrue();
    }
}
