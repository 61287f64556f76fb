package io.gemel.it.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Register.Kind;
import io.gemel.it.faults.check.Register.Step;
import io.gemel.it.faults.check.WingGongLowe.Answer;
import io.gemel.it.faults.check.WingGongLowe.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The search for an order, against one that tries them all. */
class WingGongLoweTest {
    private static final int HISTORIES = 20_000;
    private static final List<Kind> KINDS = List.of(Kind.WRITE, Kind.CAS, Kind.REMOVE, Kind.READ);

    @Test
    void itAgreesWithTryingEveryOrder() {
        SplittableRandom random = new SplittableRandom(42);
        int legal = 0;
        for (int i = 0; i < HISTORIES; i++) {
            List<Call> calls = calls(random);
            boolean expected = new BruteForce(calls).linearizable();
            Answer answer = new WingGongLowe(calls, 1_000_000).search();
            assertThat(answer)
                    .as("history %d: %s", i, calls)
                    .isEqualTo(expected ? Answer.LINEARIZABLE : Answer.IMPOSSIBLE);
            legal += expected ? 1 : 0;
        }
        assertThat(legal).as("both kinds were met often").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
    }

    /** Few values, few revisions and short times, so that much fits by chance and as much does not. */
    private static List<Call> calls(SplittableRandom random) {
        List<Call> calls = new ArrayList<>();
        int size = random.nextInt(2, 7);
        for (int i = 0; i < size; i++) {
            long from = random.nextLong(12);
            long to = from + random.nextLong(1, 8);
            calls.add(new Call(step(random), from, to));
        }
        return calls;
    }

    private static Step step(SplittableRandom random) {
        Kind kind = KINDS.get(random.nextInt(KINDS.size()));
        boolean certain = kind == Kind.READ || random.nextInt(4) > 0;
        int value =
                kind == Kind.REMOVE || (kind == Kind.READ && random.nextInt(3) == 0) ? Step.ABSENT : random.nextInt(2);
        long expected = kind == Kind.CAS ? random.nextLong(4) : 0;
        boolean told = certain && !(kind == Kind.READ && value == Step.ABSENT);
        return new Step(kind, value, expected, told ? random.nextLong(1, 6) : Step.UNKNOWN, certain);
    }

    @Test
    void itGivesUpRatherThanGuess() {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            calls.add(new Call(new Step(Kind.WRITE, i, 0, 100 - i, true), 0, 1_000));
        }
        calls.add(new Call(new Step(Kind.READ, 99, 0, 500, true), 0, 1_000));

        assertThat(new WingGongLowe(calls, 5).search()).isEqualTo(Answer.GIVEN_UP);
    }

    @Test
    void itNamesTheOperationThatFitsNowhere() {
        List<Call> calls = List.of(
                new Call(new Step(Kind.WRITE, 0, 0, 1, true), 0, 10),
                new Call(new Step(Kind.WRITE, 1, 0, 2, true), 20, 30),
                new Call(new Step(Kind.READ, 0, 0, 1, true), 40, 50),
                new Call(new Step(Kind.WRITE, 2, 0, 3, true), 60, 70));

        WingGongLowe search = new WingGongLowe(calls, 1_000);

        assertThat(search.search()).isEqualTo(Answer.IMPOSSIBLE);
        assertThat(search.stuck()).isEqualTo(2);
        assertThat(search.longest()).containsExactly(0, 1);
        assertThat(search.stateAfterLongest()).isEqualTo(new Register.State(1, 2, 2, false));
    }
}
