package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gemel.naming.LossGuard.Part;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which losses are an outage, and which are clients that died. */
class LossGuardTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final OriginId HERE = new OriginId("s1", 1);
    private static final Duration WINDOW = LossGuard.Config.USUAL.window();

    private final ManualTicker ticker = new ManualTicker();
    private final ManualLoop loop = new ManualLoop(ticker);
    private final ServiceIndex index = new ServiceIndex(loop, views -> {});
    private final LossGuard guard = new LossGuard(index, ticker, LossGuard.Config.USUAL);

    @Test
    void whatIsLostTogetherIsHeldIfItIsMoreThanTheShare() {
        assertThat(loses(5, 10)).as("half").isFalse();
        pass(WINDOW.plusNanos(1));
        assertThat(loses(6, 10)).as("more than half").isTrue();
        assertThat(guard.heldBack()).isEqualTo(6);
    }

    @Test
    void aSingleClientsDeathIsSeenAtOnceHoweverMuchItHeld() {
        assertThat(guard.holds(loss(HERE, new Part(1, 10), Part.NONE, 10, 10, 1)))
                .isFalse();
    }

    /** Connections that break together are not found at the same moment, and the first to be found are not to go for that. */
    @Test
    void theFirstAreHeldIfNothingIsHeardOfTheOthersEither() {
        assertThat(guard.holds(loss(HERE, new Part(1, 1), new Part(5, 5), 10, 10, 1)))
                .isTrue();
        pass(WINDOW.plusNanos(1));
        assertThat(guard.holds(loss(HERE, new Part(1, 1), new Part(4, 4), 10, 10, 1)))
                .as("half")
                .isFalse();
    }

    @Test
    void whoWasOnlyMissingAndCameBackDoesNotCountLater() {
        assertThat(guard.holds(loss(HERE, new Part(1, 1), new Part(4, 4), 10, 10, 1)))
                .isFalse();
        assertThat(loses(4, 9)).as("five of the ten that there were").isFalse();
        assertThat(loses(1, 5)).isTrue();
    }

    @Test
    void aServiceOfFewInstancesIsLetAlone() {
        assertThat(loses(9, 9)).isFalse();
    }

    /** It is not small because another server has just lost its part. */
    @Test
    void whatIsSuspectAlreadyIsPartOfTheService() {
        assertThat(guard.holds(new LossGuard.Loss(HERE, ORDERS, new Part(6, 6), Part.NONE, 6, 6, 6, 3)))
                .isTrue();
    }

    @Test
    void lossesThatFollowEachOtherCountTogetherForAWhile() {
        assertThat(loses(3, 10)).isFalse();
        pass(WINDOW.dividedBy(2));
        assertThat(loses(3, 7)).as("six of the ten that there were").isTrue();
        pass(WINDOW.plusNanos(1));
        assertThat(loses(3, 10)).as("that was long ago").isFalse();
    }

    /** Three servers, each with a third of the clients, lose theirs at the same time: none sees more than a third of the service go. */
    @Test
    void eachServerJudgesByWhatItKeepsItself() {
        assertThat(guard.holds(loss(HERE, new Part(6, 6), Part.NONE, 10, 30, 3)))
                .isTrue();
    }

    @Test
    void aServerThatKeepsLittleOfAServiceSaysNothingOfTheWhole() {
        assertThat(guard.holds(loss(HERE, new Part(2, 2), Part.NONE, 2, 30, 3))).isFalse();
    }

    @Test
    void whatOneServerLosesDoesNotCountForAnother() {
        assertThat(loses(5, 10)).isFalse();
        assertThat(guard.holds(loss(new OriginId("s2", 1), new Part(2, 2), Part.NONE, 5, 10, 2)))
                .isFalse();
    }

    @Test
    void operatorsTurnItOffForAServiceOrItsNamespaceOrMakeItADryRun() {
        set(ServiceId.ofNamespace("public"), GuardMode.OFF);
        assertThat(loses(10, 10)).isFalse();
        assertThat(guard.wouldHaveHeld()).isZero();

        pass(WINDOW.plusNanos(1));
        set(ORDERS, GuardMode.DRY_RUN);
        assertThat(loses(10, 10)).isFalse();
        assertThat(guard.wouldHaveHeld()).isEqualTo(10);

        pass(WINDOW.plusNanos(1));
        set(ORDERS, GuardMode.ON);
        assertThat(loses(10, 10)).isTrue();
        assertThat(guard.mode(new ServiceId("other", "g", "orders"))).isEqualTo(GuardMode.ON);
        assertThat(guard.mode(ServiceId.of("bills"))).isEqualTo(GuardMode.OFF);
    }

    @Test
    void ofANamespaceTheGuardAloneIsSetAndNothingRegistersThere() {
        ServiceId all = ServiceId.ofNamespace("shop");
        assertThatThrownBy(() -> new Change.SetService(
                        all, Optional.of(ServiceSettings.NONE.withProtectionThreshold(0.5)), Precondition.NONE))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("guard alone");
        assertThatThrownBy(() ->
                        new Change.Register(all, List.of(Instance.ephemeral("10.0.0.1", 80)), new Publisher("s", 1)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("whole namespace");
    }

    private boolean loses(int lost, int of) {
        return guard.holds(loss(HERE, new Part(lost, lost), Part.NONE, of, of, 1));
    }

    private static LossGuard.Loss loss(OriginId origin, Part lost, Part missing, int kept, int listed, int servers) {
        return new LossGuard.Loss(origin, ORDERS, lost, missing, kept, listed, 0, servers);
    }

    private void set(ServiceId service, GuardMode mode) {
        loop.run(() -> index.settings(
                service, Optional.of(new Versioned<>(ServiceSettings.NONE.withGuard(Optional.of(mode)), 1))));
    }

    private void pass(Duration time) {
        ticker.advance(time);
    }
}
