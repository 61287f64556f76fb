package io.gemel.it.faults.check;

import static io.gemel.it.faults.check.Story.kept;
import static io.gemel.it.faults.check.Story.live;
import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Op;
import org.junit.jupiter.api.Test;

/** AP11: a service shows its own instances. */
class NamespacesTest {
    private final Story story = new Story().opens(0, "a", "s1").registers(100, "a", live(1, "a-1"));

    @Test
    void whatWasRegisteredHereIsNoLeak() {
        story.op(110, "p", Op.REGISTER, Story.SERVICE + "#" + kept(1, "v", 3).key())
                .value("v")
                .info(5_000);
        story.list(2_000, "s1", live(1, "a-1"), kept(1, "v", 3)).view(2_100, "s1", 1, live(1, "a-1"));

        assertThat(judge().outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void whatWasRegisteredElsewhereIsALeak() {
        story.list(2_000, "s1", "other/g/s", 1, live(1, "a-1"));

        assertThat(judge().summary()).contains("under other/g/s", "it belongs to public/g/s");
    }

    @Test
    void whatNobodyRegisteredIsALeak() {
        story.view(2_000, "s1", 1, live(9, "x"));

        assertThat(judge().summary()).contains("nobody registered it");
    }

    @Test
    void whatIsRegisteredLaterCannotBeShown() {
        story.list(50, "s1", live(1, "a-1"));

        assertThat(judge().outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void emptyListsDecideNothing() {
        story.list(2_000, "s1");

        assertThat(judge().outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private Verdict judge() {
        return Checks.namespaces().verdict(story.evidence());
    }
}
