package io.gemel.bootstrap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.InstanceKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MirrorPlanTest {
    private static final String FROM = "nacos://10.0.0.1:8848";
    private static final Instance A = Instance.ephemeral("10.1.0.1", 80);
    private static final Instance P = Instance.persistent("10.1.0.2", 80);
    private static final Instance MARKED_A = A.withMetadata(MirrorPlan.MARK, FROM);
    private static final Instance MARKED_P = P.withMetadata(MirrorPlan.MARK, FROM);

    @Test
    void whatIsThereAndNotHereIsRegisteredWithAMark() {
        MirrorPlan plan = MirrorPlan.of(FROM, List.of(A, P), List.of(), Map.of());
        assertThat(plan.registered()).containsExactlyInAnyOrder(MARKED_A, MARKED_P);
        assertThat(plan.removed()).isEmpty();
    }

    @Test
    void whatIsMirroredAlreadyIsNotRegisteredAgain() {
        MirrorPlan plan = MirrorPlan.of(FROM, List.of(A, P), List.of(MARKED_A, MARKED_P), sent(MARKED_A, MARKED_P));
        assertThat(plan).isEqualTo(new MirrorPlan(List.of(), List.of(), List.of()));
    }

    @Test
    void whatOperatorsSetHereIsNoReasonToRegisterAgain() {
        Instance shown = MARKED_P.withEnabled(false);
        MirrorPlan plan = MirrorPlan.of(FROM, List.of(P), List.of(shown), sent(MARKED_P));
        assertThat(plan.registered()).isEmpty();
    }

    @Test
    void whatChangesThereIsRegisteredAnew() {
        MirrorPlan plan = MirrorPlan.of(FROM, List.of(A.withWeight(3)), List.of(MARKED_A), sent(MARKED_A));
        assertThat(plan.registered()).containsExactly(MARKED_A.withWeight(3));
    }

    @Test
    void whatIsGoneThereIsRemovedIfItWasMirrored() {
        MirrorPlan plan = MirrorPlan.of(
                FROM, List.of(), List.of(MARKED_A, MARKED_P, Instance.ephemeral("10.1.0.9", 80)), sent(MARKED_A));
        assertThat(plan.removed()).containsExactlyInAnyOrder(MARKED_A, MARKED_P);
    }

    @Test
    void aMirrorThatStartsAnewTakesOverWhatStayedAndKeepsEphemeralOnesItself() {
        MirrorPlan plan = MirrorPlan.of(FROM, List.of(A, P), List.of(MARKED_A, MARKED_P), Map.of());
        assertThat(plan.registered())
                .as("the session of the mirror before it is about to end")
                .containsExactly(MARKED_A);
    }

    @Test
    void whoRegistersHereByItselfIsLeftAlone() {
        MirrorPlan ephemeral = MirrorPlan.of(FROM, List.of(A), List.of(A), sent(MARKED_A));
        assertThat(ephemeral.registered()).isEmpty();
        assertThat(ephemeral.left()).containsExactly(A.key());
        assertThat(ephemeral.removed()).as("of this mirror's session alone").containsExactly(MARKED_A);

        MirrorPlan persistent = MirrorPlan.of(FROM, List.of(P), List.of(P), sent(MARKED_P));
        assertThat(persistent.left()).containsExactly(P.key());
        assertThat(persistent.removed())
                .as("to remove it would remove what has replaced it")
                .isEmpty();
    }

    @Test
    void whatIsAMirrorsThereIsPassedOver() {
        Instance fromHere = A.withMetadata(MirrorPlan.MARK, "nacos://10.9.9.9:8848");
        assertThat(MirrorPlan.of(FROM, List.of(fromHere), List.of(A), Map.of()))
                .isEqualTo(new MirrorPlan(List.of(), List.of(), List.of()));
    }

    @Test
    void anAddressThatBecomesOfTheOtherKindIsRemovedBeforeItIsRegistered() {
        Instance persistent = Instance.persistent("10.1.0.1", 80);
        MirrorPlan first = MirrorPlan.of(FROM, List.of(persistent), List.of(MARKED_A), sent(MARKED_A));
        assertThat(first.removed()).containsExactly(MARKED_A);
        assertThat(first.registered()).isEmpty();

        MirrorPlan second = MirrorPlan.of(FROM, List.of(persistent), List.of(), Map.of());
        assertThat(second.registered()).containsExactly(persistent.withMetadata(MirrorPlan.MARK, FROM));
    }

    private static Map<InstanceKey, Instance> sent(Instance... instances) {
        return Arrays.stream(instances).collect(Collectors.toMap(Instance::key, instance -> instance));
    }
}
