package io.gemel.bootstrap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    private static final Instance A = Instance.ephemeral("10.1.0.1", 80);
    private static final Instance B = Instance.persistent("10.1.0.2", 80);

    @Test
    void whatAMirrorMarkedDoesNotDifferByThat() {
        assertThat(Differences.of(List.of(A, B), List.of(A.withMetadata(MirrorPlan.MARK, "nacos://x"), B)))
                .isEmpty();
    }

    @Test
    void eachInstanceThatDiffersIsNamedWithWhatItIsInEitherRegistry() {
        List<Differences.Difference> all =
                Differences.of(List.of(A, B.withWeight(2)), List.of(B, A.withCluster("east")));
        assertThat(all)
                .extracting(one -> one.key() + " " + one.what())
                .containsExactly(
                        "10.1.0.1:80 only in nacos: ephemeral",
                        "10.1.0.1:80@east only in gemel: ephemeral",
                        "10.1.0.2:80 nacos: persistent weight=2; gemel: persistent");
    }
}
