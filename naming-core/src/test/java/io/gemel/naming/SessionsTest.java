package io.gemel.naming;

import static io.gemel.naming.RegistryException.Code.BAD_REQUEST;
import static io.gemel.naming.RegistryException.Code.OVERLOADED;
import static io.gemel.naming.RegistryException.Code.SHUTTING_DOWN;
import static io.gemel.naming.RegistryException.Code.UNKNOWN_SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session outlives its connection by the resume window, goes on wherever its client resumes it, and ends once. */
final class SessionsTest {
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final OriginId HERE = new OriginId("here", 1);
    private static final OriginId ELSEWHERE = new OriginId("elsewhere", 1);
    private static final String UNKNOWN_ID = "0123456789abcdef0123456789abcdef";
    private static final String SOME_TOKEN = "ffffffffffffffffffffffffffffffff";

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final LamportClock clock = new LamportClock();
    private final Publications publications = new Publications(loop, new ServiceIndex(loop, views -> {}), clock);
    private final RecordedConsistency consistency = new RecordedConsistency();
    private final Sessions sessions =
            new Sessions(loop, ticker, new Random(1), new Sessions.Config(WINDOW, 3), clock, publications, consistency);

    // ---- opening ----

    @Test
    void anOpenedSessionHasAnIdASecretTokenAndAnEpoch() {
        Sessions.Opened opened = open(new Client());
        assertThat(opened.publisher().session()).matches("[0-9a-f]{32}");
        assertThat(opened.token())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(opened.publisher().session());
        assertThat(opened.publisher().epoch()).isPositive();
        assertThat(opened.resumed()).isFalse();
        assertThat(consistency.written).containsExactly(new Change.SessionOpened(opened.publisher(), false));
        assertThat(sessions.size()).isEqualTo(1);
    }

    @Test
    void sessionsShareNothing() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Sessions.Opened opened = open(new Client());
            seen.add(opened.publisher().session());
            seen.add(opened.token());
        }
        assertThat(seen).hasSize(6);
    }

    @Test
    void atTheLimitASessionIsRefusedAndNothingIsDone() {
        Sessions.Opened first = open(new Client());
        open(new Client());
        open(new Client());
        int written = consistency.written.size();
        assertRefused(OVERLOADED, () -> sessions.open(new Client()));
        assertRefused(OVERLOADED, () -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, 1), new Client()));
        assertThat(consistency.written).hasSize(written);
        assertThat(sessions.size()).isEqualTo(3);

        assertThat(resume(first, new Client()).resumed())
                .as("a session that is here already needs no place")
                .isTrue();
        await(() -> sessions.close(resume(first, new Client()).publisher()));
        open(new Client());
    }

    @Test
    void aFullLoopRefusesInsteadOfWaiting() {
        ManualLoop full = new ManualLoop(ticker, 0);
        Sessions overloaded = new Sessions(
                full, ticker, new Random(1), new Sessions.Config(WINDOW, 3), clock, publications, consistency);
        assertThat(overloaded.open(new Client())).isCompletedExceptionally();
        assertThat(overloaded.close(new Publisher(UNKNOWN_ID, 1))).isCompletedExceptionally();
    }

    /** Nothing is queued beyond what the loop takes: there a thread would wait. */
    @Test
    void whoLosesAConnectionDoesNotWaitForALoopThatIsFull() {
        ManualLoop full = new ManualLoop(ticker, 1);
        Sessions overloaded = new Sessions(
                full, ticker, new Random(1), new Sessions.Config(WINDOW, 3), clock, publications, consistency);
        CompletableFuture<Sessions.Opened> opened = overloaded.open(new Client());
        full.runAll();
        full.execute(() -> {});
        overloaded.lost(opened.join().publisher());
        assertThat(full.waiting()).isEqualTo(1);

        full.runAll();
        ticker.advance(Sessions.CHECK_PERIOD);
        full.runAll();
        assertThat(overloaded.size()).isEqualTo(1);
        ticker.advance(WINDOW);
        full.runAll();
        assertThat(overloaded.size()).isZero();
    }

    @Test
    void whileOneIsLostItIsUndecidedWhoLives() {
        Sessions.Opened opened = open(new Client());
        assertThat(publications.undecided()).isFalse();

        sessions.lost(opened.publisher());
        loop.runAll();
        assertThat(publications.undecided()).isTrue();

        resume(opened, new Client());
        assertThat(publications.undecided()).isFalse();
    }

    // ---- resuming here ----

    @Test
    void aResumedSessionGoesOnInAHigherEpochAndItsOlderConnectionEnds() {
        Client before = new Client();
        Client after = new Client();
        Sessions.Opened opened = open(before);
        Sessions.Opened resumed = resume(opened, after);

        assertThat(resumed.resumed()).isTrue();
        assertThat(resumed.token()).isEqualTo(opened.token());
        assertThat(resumed.publisher().session()).isEqualTo(opened.publisher().session());
        assertThat(resumed.publisher().epoch()).isGreaterThan(opened.publisher().epoch());
        assertThat(before.heard).containsExactly("ended: SESSION_MOVED");
        assertThat(after.heard).isEmpty();
        assertThat(sessions.size()).isEqualTo(1);
    }

    @Test
    void whatAnOlderConnectionStillSaysIsIgnored() {
        Sessions.Opened opened = open(new Client());
        Sessions.Opened resumed = resume(opened, new Client());
        int written = consistency.written.size();

        sessions.lost(opened.publisher());
        await(() -> sessions.close(opened.publisher()));
        assertRefused(UNKNOWN_SESSION, () -> sessions.replayed(opened.publisher()));
        pass(WINDOW.multipliedBy(2));
        assertThat(consistency.written).hasSize(written);

        await(() -> sessions.replayed(resumed.publisher()));
        assertThat(consistency.written.get(written)).isInstanceOf(Change.SessionReplayed.class);
    }

    @Test
    void aWrongTokenResumesNothing() {
        Client client = new Client();
        Sessions.Opened opened = open(client);
        String id = opened.publisher().session();
        assertRefused(UNKNOWN_SESSION, () -> sessions.resume(shown(id, SOME_TOKEN, 1), new Client()));
        assertRefused(UNKNOWN_SESSION, () -> sessions.resume(shown(id, "guess", 1), new Client()));
        assertRefused(UNKNOWN_SESSION, () -> sessions.resume(shown(id, "", 1), new Client()));
        assertRefused(UNKNOWN_SESSION, () -> sessions.resume(shown(UNKNOWN_ID, "x".repeat(1_000), 1), new Client()));
        assertThat(client.heard).isEmpty();
        assertThat(consistency.written).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdef0"})
    void anIdThatNoServerGaveIsRefused(String id) {
        assertRefused(BAD_REQUEST, () -> sessions.resume(shown(id, SOME_TOKEN, 1), new Client()));
    }

    @Test
    void anEpochThatNoServerGaveDoesNotReachTheClock() {
        assertRefused(BAD_REQUEST, () -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, -1), new Client()));
        assertRefused(
                UNKNOWN_SESSION, () -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, Long.MAX_VALUE), new Client()));
        assertThat(clock.next()).isEqualTo(1);
        assertThat(sessions.size()).isZero();
    }

    // ---- resuming elsewhere ----

    @Test
    void aSessionThatNoNodeKnowsIsTakenOnUnderItsIdAndToken() {
        Sessions.Opened opened = await(() -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, 70), new Client()));
        assertThat(opened.resumed()).isFalse();
        assertThat(opened.publisher()).isEqualTo(new Publisher(UNKNOWN_ID, 71));
        assertThat(opened.token()).isEqualTo(SOME_TOKEN);
    }

    @Test
    void aSessionOfAnotherNodeIsResumedWithItsTokenOnly() {
        Sessions.Opened opened = open(new Client());
        long hash = replayedHash(opened);
        loop.run(() -> publications.putSession(ELSEWHERE, new Publisher(UNKNOWN_ID, 60), hash));
        assertRefused(UNKNOWN_SESSION, () -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, 60), new Client()));

        Sessions.Opened resumed = await(() -> sessions.resume(shown(UNKNOWN_ID, opened.token(), 60), new Client()));
        assertThat(resumed.resumed()).isTrue();
        assertThat(resumed.publisher().epoch()).isGreaterThan(60);
    }

    @Test
    void aSessionThatMovedToAnotherNodeEndsItsConnectionHereAndRunsOut() {
        Client client = new Client();
        Sessions.Opened opened = open(client);
        String id = opened.publisher().session();
        loop.run(() -> publications.putSession(ELSEWHERE, new Publisher(id, 50), 42));
        assertThat(client.heard).containsExactly("ended: SESSION_MOVED");
        assertThat(closed()).isEmpty();

        pass(WINDOW.plus(Sessions.CHECK_PERIOD));
        assertThat(closed()).containsExactly(opened.publisher());
        assertThat(sessions.size()).isZero();
    }

    @Test
    void aSessionThatMovedAwayAndBackGoesOn() {
        Sessions.Opened opened = open(new Client());
        String id = opened.publisher().session();
        loop.run(() -> publications.putSession(ELSEWHERE, new Publisher(id, 50), 42));
        Sessions.Opened back = await(() -> sessions.resume(shown(id, opened.token(), 50), new Client()));
        pass(WINDOW.multipliedBy(3));
        assertThat(back.publisher().epoch()).isGreaterThan(50);
        assertThat(closed()).isEmpty();
        assertThat(sessions.size()).isEqualTo(1);
    }

    @Test
    void theRecordOfItsOwnEpochDoesNotEndASession() {
        Client client = new Client();
        Sessions.Opened opened = open(client);
        loop.run(() -> publications.putSession(HERE, opened.publisher(), 42));
        loop.run(() -> publications.putSession(ELSEWHERE, new Publisher(UNKNOWN_ID, 90), 42));
        assertThat(client.heard).isEmpty();
    }

    // ---- losing and closing ----

    @Test
    void aLostSessionClosesOnceAfterTheResumeWindow() {
        Client client = new Client();
        Sessions.Opened opened = open(client);
        lose(opened);
        pass(WINDOW.minus(Sessions.CHECK_PERIOD));
        assertThat(closed()).isEmpty();
        assertThat(sessions.size()).isEqualTo(1);

        pass(Sessions.CHECK_PERIOD.multipliedBy(2));
        assertThat(closed()).containsExactly(opened.publisher());
        assertThat(sessions.size()).isZero();

        pass(WINDOW.multipliedBy(3));
        assertThat(closed()).hasSize(1);
        assertThat(client.heard).as("there was nobody to tell").isEmpty();
    }

    @Test
    void aSessionResumedInTimeIsNotClosed() {
        Sessions.Opened opened = open(new Client());
        lose(opened);
        pass(WINDOW.minus(Sessions.CHECK_PERIOD));
        resume(opened, new Client());
        pass(WINDOW.multipliedBy(3));
        assertThat(closed()).isEmpty();
    }

    @Test
    void aSessionThatIsLostAgainHasTheWholeWindowAgain() {
        Sessions.Opened opened = open(new Client());
        lose(opened);
        pass(WINDOW.minus(Sessions.CHECK_PERIOD));
        Sessions.Opened resumed = resume(opened, new Client());
        lose(resumed);
        pass(WINDOW.minus(Sessions.CHECK_PERIOD));
        assertThat(closed()).isEmpty();
        pass(Sessions.CHECK_PERIOD.multipliedBy(2));
        assertThat(closed()).containsExactly(resumed.publisher());
    }

    @Test
    void aSessionReportedLostTwiceHoldsUpNobody() {
        Sessions.Opened first = open(new Client());
        Sessions.Opened second = open(new Client());
        lose(first);
        lose(second);
        pass(WINDOW.minus(Sessions.CHECK_PERIOD));
        lose(first);
        pass(Sessions.CHECK_PERIOD.multipliedBy(2));
        assertThat(closed()).containsExactly(first.publisher(), second.publisher());
    }

    @Test
    void sessionsCloseInTheOrderInWhichTheyWereLost() {
        Sessions.Opened first = open(new Client());
        Sessions.Opened second = open(new Client());
        lose(second);
        pass(Duration.ofSeconds(1));
        lose(first);
        pass(WINDOW.minus(Duration.ofSeconds(1)).plus(Sessions.CHECK_PERIOD));
        assertThat(closed()).containsExactly(second.publisher());
        assertThat(consistency.written)
                .as("of the other nothing is heard either")
                .last()
                .isEqualTo(new Change.SessionsLost(List.of(second.publisher()), List.of(first.publisher())));
        pass(Duration.ofSeconds(1));
        assertThat(closed()).containsExactly(second.publisher(), first.publisher());
    }

    @Test
    void aClosedSessionIsGoneAtOnceAndClosingAgainDoesNothing() {
        Client client = new Client();
        Sessions.Opened opened = open(client);
        await(() -> sessions.close(opened.publisher()));
        assertThat(closed()).containsExactly(opened.publisher());
        assertThat(sessions.size()).isZero();

        await(() -> sessions.close(opened.publisher()));
        sessions.lost(opened.publisher());
        pass(WINDOW.multipliedBy(2));
        assertThat(closed()).hasSize(1);
        assertRefused(UNKNOWN_SESSION, () -> sessions.replayed(opened.publisher()));
    }

    @Test
    void aSessionThatSaysGoodbyeBeforeItHasReplayedIsVoidElsewhereToo() {
        Publisher moved = await(() -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, 70), new Client()))
                .publisher();
        await(() -> sessions.close(moved));
        assertThat(consistency.written)
                .extracting(change -> (Object) change.getClass())
                .containsExactly(Change.SessionOpened.class, Change.SessionReplayed.class, Change.SessionClosed.class);
    }

    @Test
    void aSessionThatSaysGoodbyeAfterItHasReplayedIsVoidElsewhereAlready() {
        Publisher moved = await(() -> sessions.resume(shown(UNKNOWN_ID, SOME_TOKEN, 70), new Client()))
                .publisher();
        await(() -> sessions.replayed(moved));
        int written = consistency.written.size();
        await(() -> sessions.close(moved));
        assertThat(consistency.written.subList(written, consistency.written.size()))
                .containsExactly(new Change.SessionClosed(moved));
    }

    @Test
    void aLostSessionThatSaysGoodbyeAfterAllClosesOnce() {
        Sessions.Opened opened = open(new Client());
        lose(opened);
        await(() -> sessions.close(opened.publisher()));
        pass(WINDOW.multipliedBy(2));
        assertThat(closed()).containsExactly(opened.publisher());
    }

    // ---- draining ----

    @Test
    void drainingAsksEveryClientToMoveAndTakesOnNoSession() {
        Client first = new Client();
        Client second = new Client();
        Sessions.Opened opened = open(first);
        open(second);
        sessions.drain();
        loop.runAll();
        assertThat(first.heard).containsExactly("draining");
        assertThat(second.heard).containsExactly("draining");
        assertRefused(SHUTTING_DOWN, () -> sessions.open(new Client()));
        assertRefused(SHUTTING_DOWN, () -> sessions.resume(shown(opened), new Client()));
    }

    @Test
    void aSessionThatIsNotTakenOnStaysWhereItWas() {
        Client client = new Client();
        Sessions.Opened opened = open(client);
        sessions.drain();
        assertRefused(SHUTTING_DOWN, () -> sessions.resume(shown(opened), new Client()));
        assertThat(client.heard).containsExactly("draining");

        lose(opened);
        pass(WINDOW.plus(Sessions.CHECK_PERIOD));
        assertThat(closed()).containsExactly(opened.publisher());
    }

    // ---- clients that cannot resume ----

    @Test
    void aClientThatCannotResumeMayTakeLongerToComeBack() {
        Sessions.Opened patient = await(() -> sessions.open(new Client(), WINDOW.multipliedBy(3)));
        Sessions.Opened usual = await(() -> sessions.open(new Client(), Duration.ofMillis(1)));
        lose(patient);
        lose(usual);

        pass(WINDOW.plus(Sessions.CHECK_PERIOD));
        assertThat(closed()).containsExactly(usual.publisher());

        pass(WINDOW.multipliedBy(2));
        assertThat(closed()).containsExactly(usual.publisher(), patient.publisher());
    }

    // ---- the hands of the test ----

    private Sessions.Opened open(Client client) {
        return await(() -> sessions.open(client));
    }

    private Sessions.Opened resume(Sessions.Opened opened, Client client) {
        return await(() -> sessions.resume(shown(opened), client));
    }

    private void lose(Sessions.Opened opened) {
        sessions.lost(opened.publisher());
        loop.runAll();
    }

    private long replayedHash(Sessions.Opened opened) {
        await(() -> sessions.replayed(opened.publisher()));
        Change last = consistency.written.get(consistency.written.size() - 1);
        assertThat(last).isInstanceOf(Change.SessionReplayed.class);
        return ((Change.SessionReplayed) last).tokenHash();
    }

    private List<Publisher> closed() {
        return consistency.written.stream()
                .flatMap(change -> change instanceof Change.SessionClosed closed
                        ? Stream.of(closed.publisher())
                        : change instanceof Change.SessionsLost lost ? lost.publishers().stream() : Stream.empty())
                .toList();
    }

    private void pass(Duration time) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(Sessions.CHECK_PERIOD)) {
            ticker.advance(Sessions.CHECK_PERIOD);
            loop.runAll();
        }
    }

    private <T> T await(Supplier<CompletableFuture<T>> request) {
        CompletableFuture<T> result = request.get();
        loop.runAll();
        assertThat(result).isDone();
        return result.join();
    }

    private void assertRefused(RegistryException.Code code, Supplier<? extends CompletableFuture<?>> request) {
        CompletableFuture<?> result = request.get();
        loop.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThatThrownBy(result::join)
                .cause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static Sessions.Resume shown(Sessions.Opened opened) {
        return shown(
                opened.publisher().session(), opened.token(), opened.publisher().epoch());
    }

    private static Sessions.Resume shown(String session, String token, long epoch) {
        return new Sessions.Resume(session, token, epoch);
    }

    /** A connection that remembers what it was told. */
    private static final class Client implements Sessions.Connection {
        final List<String> heard = new ArrayList<>();

        @Override
        public void ended(RegistryException reason) {
            heard.add("ended: " + reason.code());
        }

        @Override
        public void draining() {
            heard.add("draining");
        }
    }
}
