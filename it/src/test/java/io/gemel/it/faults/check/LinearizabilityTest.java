package io.gemel.it.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.it.faults.check.Registers.Made;
import io.gemel.it.faults.check.Verdict.Outcome;
import io.gemel.it.faults.history.Event;
import io.gemel.it.faults.history.Op;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registers that were made right pass; one wrong answer among thousands is found. */
class LinearizabilityTest {
    private static final String KEY = "public/g/s#10.0.0.1:80/c";
    private static final Check CHECK = Checks.linearizability();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatARealRegisterDidPasses(long seed) {
        Verdict verdict = judge(Registers.tell(new Registers(seed).make(10, 200, 5)));

        assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void tenThousandOperationsOnRotatingKeysAreDecided() {
        Verdict verdict = judge(Registers.tell(new Registers(9).make(34, 300, 5)));

        assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.HOLDS);
        assertThat(verdict.figures()).containsEntry("operations", "10200").containsEntry("keys", "34");
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void oneStaleReadIsFound(long seed) {
        List<Made> all = new Registers(seed).make(5, 200, 5);
        Made read = pick(all, seed, Op.READ, made -> staleValue(all, made).isPresent());
        Made old = staleValue(all, read).orElseThrow();
        read.value = old.value;
        read.revision = old.revision;

        assertBroken(all, read);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void oneValueThatNobodyWroteIsFound(long seed) {
        List<Made> all = new Registers(seed).make(5, 200, 5);
        Made read = pick(all, seed, Op.READ, made -> made.value.isPresent());
        read.value = Optional.of("nobody's");

        assertBroken(all, read);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34})
    void oneLostWriteIsFound(long seed) {
        List<Made> all = new Registers(seed).make(5, 200, 5);
        // Told a revision that went to somebody else: one of the two is overwritten unseen.
        Made write = pick(all, seed, Op.REGISTER, made -> later(all, made).isPresent());
        write.revision = later(all, write).orElseThrow().revision;

        assertBroken(all, write);
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44})
    void oneCompareAndSetOnAnOldRevisionIsFound(long seed) {
        List<Made> all = new Registers(seed).make(5, 200, 5);
        Made set = pick(all, seed, Op.CAS, made -> staleValue(all, made).isPresent());
        set.expected = staleValue(all, set).orElseThrow().revision;

        assertBroken(all, set);
    }

    @Test
    void aWriteOfUnknownOutcomeMayShowLate() {
        Story story = new Story();
        story.op(0, "a", Op.REGISTER, KEY).value("v1").ok(10, 1);
        story.op(20, "b", Op.REGISTER, KEY).value("v2").info(30);
        story.op(40, "a", Op.READ, KEY).value("v1").ok(50, 1);
        story.op(60, "a", Op.READ, KEY).value("v2").ok(70, 5);

        assertThat(judge(story).outcome()).isEqualTo(Outcome.HOLDS);
    }

    @Test
    void aWriteOfUnknownOutcomeDoesNotShowAndVanish() {
        Story story = new Story();
        story.op(0, "a", Op.REGISTER, KEY).value("v1").ok(10, 1);
        story.op(20, "b", Op.REGISTER, KEY).value("v2").open();
        story.op(40, "a", Op.READ, KEY).value("v2").ok(50, 5);
        story.op(60, "a", Op.READ, KEY).value("v1").ok(70, 1);

        assertThat(judge(story).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void aFailedWriteDoesNotShow() {
        Story story = new Story();
        story.op(0, "a", Op.REGISTER, KEY).value("v1").ok(10, 1);
        story.op(20, "b", Op.REGISTER, KEY).value("v2").fail(30);
        story.op(40, "a", Op.READ, KEY).value("v2").ok(50, 2);

        assertThat(judge(story).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void revisionsGrowAcrossAbsence() {
        Story story = new Story();
        story.op(0, "a", Op.REGISTER, KEY).value("v1").ok(10, 7);
        story.op(20, "a", Op.DEREGISTER, KEY).ok(30, 8);
        story.op(40, "a", Op.READ, KEY).ok(50);
        story.op(60, "a", Op.CAS, KEY).value("v2").expected(0).ok(70, 8);

        assertThat(judge(story).outcome()).isEqualTo(Outcome.VIOLATED);
    }

    @Test
    void theFindingSaysWhichOperationIsImpossibleAndWhatSurroundsIt() {
        Story story = new Story();
        story.op(0, "a", Op.REGISTER, KEY).value("v1").ok(10, 1);
        story.op(20, "a", Op.REGISTER, KEY).value("v2").ok(30, 2);
        story.op(40, "b", Op.READ, KEY).at("s3").value("v1").ok(50, 1);
        story.op(45, "c", Op.READ, KEY).value("v2").ok(55, 2);

        Finding finding = judge(story).findings().get(0);

        assertThat(finding.what())
                .contains(
                        KEY,
                        "no order explains READ -> v1@1 by b at s3 [0.040 s .. 0.050 s]",
                        "places 3 of 4 operations",
                        "holds v2@2",
                        "concurrent to it: READ -> v2@2 by c");
        assertThat(finding.events())
                .extracting(Event::process)
                .contains("a", "c")
                .startsWith("b", "b", "a");
        assertThat(finding.impossible()).map(Event::process).contains("b");
    }

    @Test
    void withoutReadsOrWritesNothingIsDecided() {
        Story reads = new Story();
        reads.op(0, "a", Op.READ, KEY).ok(10);
        Story sessions = new Story();
        sessions.op(0, "a", Op.OPEN, "").ok(1);
        sessions.op(2, "a", Op.REGISTER, KEY).value("ephemeral").ok(3, 1);

        assertThat(judge(reads).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(judge(sessions).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(judge(sessions).figures()).containsEntry("operations", "0");
    }

    @Test
    void aSearchThatIsTooLongDecidesNothing() {
        Evidence evidence = Registers.tell(new Registers(1).make(2, 100, 5)).evidence();

        assertThat(new Linearizability(10).verdict(evidence).outcome()).isEqualTo(Outcome.UNDECIDED);
    }

    private static void assertBroken(List<Made> all, Made wrong) {
        Verdict verdict = judge(Registers.tell(all));
        assertThat(verdict.outcome()).as(verdict.toString()).isEqualTo(Outcome.VIOLATED);
        assertThat(verdict.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.what()).contains(wrong.key));
    }

    private static Verdict judge(Story story) {
        return CHECK.verdict(story.evidence());
    }

    private static Made pick(List<Made> all, long seed, Op op, Predicate<Made> fit) {
        List<Made> fitting = all.stream()
                .filter(made -> made.op == op && made.told && !made.failed)
                .filter(fit)
                .toList();
        return fitting.get(new SplittableRandom(seed).nextInt(fitting.size()));
    }

    /** A value that was certainly overwritten before {@code made} began. */
    private static Optional<Made> staleValue(List<Made> all, Made made) {
        return all.stream()
                .filter(old -> old.key.equals(made.key) && old.told && !old.failed && writes(old))
                .filter(old -> all.stream()
                        .anyMatch(next -> next.key.equals(made.key)
                                && next.told
                                && !next.failed
                                && writes(next)
                                && next.to < made.from
                                && revision(next) > revision(old)))
                .reduce((first, second) -> second);
    }

    /** An acknowledged write of the same key that came after {@code made}. */
    private static Optional<Made> later(List<Made> all, Made made) {
        return all.stream()
                .filter(next -> next.key.equals(made.key) && next.told && !next.failed && writes(next))
                .filter(next -> revision(next) > revision(made))
                .findFirst();
    }

    private static boolean writes(Made made) {
        return made.op == Op.REGISTER || made.op == Op.CAS;
    }

    private static long revision(Made made) {
        OptionalLong revision = made.revision;
        return revision.orElse(0);
    }
}
