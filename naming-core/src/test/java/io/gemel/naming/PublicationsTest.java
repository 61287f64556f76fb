package io.gemel.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Of all publications of an address the right one is shown, and nothing outlives its use. */
final class PublicationsTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final OriginId NODE_A = new OriginId("a", 1);
    private static final OriginId NODE_B = new OriginId("b", 1);
    private static final Instance INSTANCE = Instance.ephemeral("10.0.0.1", 80);
    private static final Publisher FIRST_EPOCH = new Publisher("s", 1);
    private static final Publisher SECOND_EPOCH = new Publisher("s", 5);

    private final ManualLoop loop = new ManualLoop();
    private final ServiceIndex index = new ServiceIndex(loop, views -> {});
    private final LamportClock clock = new LamportClock();
    private final Publications publications = new Publications(loop, index, clock);

    @Test
    void onlyTheLoopWrites() {
        assertThatThrownBy(() -> publications.put(NODE_A, published(FIRST_EPOCH, 1, 1)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> publications.removeSession(NODE_A, "s")).isInstanceOf(AssertionError.class);
    }

    @Test
    void theHighestStampWins() {
        Publisher other = new Publisher("t", 1);
        loop.run(() -> {
            publications.put(NODE_A, published(other, 2, 7));
            publications.put(NODE_B, published(FIRST_EPOCH, 1, 6));
        });
        assertThat(shownWeights()).containsExactly(2.0);

        loop.run(() -> publications.put(NODE_B, published(FIRST_EPOCH, 3, 8)));
        assertThat(shownWeights()).containsExactly(3.0);

        loop.run(() -> publications.remove(NODE_B, published(FIRST_EPOCH, 3, 8).slot()));
        assertThat(shownWeights()).containsExactly(2.0);
    }

    @Test
    void anOlderClaimOfASilentOriginIsNotShownUntilThatIsHeardOf() {
        Publication older = published(FIRST_EPOCH, 1, 6);
        Publication newer = published(new Publisher("t", 1), 2, 7);
        publications.askWhoIsSilent(NODE_A::equals);
        loop.run(() -> {
            publications.put(NODE_A, older);
            publications.put(NODE_B, newer);
            publications.remove(NODE_B, newer.slot());
        });
        assertThat(shownWeights()).isEmpty();
        assertThat(publications.listed(ORDERS)).isZero();

        loop.run(() -> publications.confirmed(NODE_A));
        assertThat(shownWeights()).containsExactly(1.0);
    }

    @Test
    void anOlderClaimThatIsSentAnewIsShown() {
        Publication newer = published(new Publisher("t", 1), 2, 7);
        publications.askWhoIsSilent(NODE_A::equals);
        loop.run(() -> {
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 6));
            publications.put(NODE_B, newer);
            publications.put(NODE_B, newer.goneAt(8));
            publications.put(NODE_A, published(FIRST_EPOCH, 3, 6));
        });
        assertThat(shownWeights()).containsExactly(3.0);
    }

    @Test
    void anEarlierEndSaysNothingOfALaterClaim() {
        Publication earlier = published(new Publisher("t", 1), 2, 5);
        publications.askWhoIsSilent(NODE_A::equals);
        loop.run(() -> {
            publications.put(NODE_B, earlier);
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 6));
            publications.remove(NODE_B, earlier.slot());
        });
        assertThat(shownWeights()).containsExactly(1.0);
    }

    @Test
    void whatIsSuspectIsShownWhereNothingIsListed() {
        Publication lost = published(FIRST_EPOCH, 1, 9);
        loop.run(() -> {
            publications.put(NODE_A, lost.as(Publication.Standing.SUSPECT));
            publications.put(NODE_B, published(new Publisher("t", 1), 2, 3));
        });
        assertThat(shownWeights()).as("whatever its stamp").containsExactly(2.0);
        assertThat(publications.superseded(NODE_A, lost.slot())).isTrue();

        loop.run(() -> publications.remove(
                NODE_B, published(new Publisher("t", 1), 2, 3).slot()));
        assertThat(index.view(ORDERS).registrations()).singleElement().matches(Registration::suspect);
        assertThat(publications.superseded(NODE_A, lost.slot())).isFalse();
    }

    @Test
    void whatIsSuspectIsVoidOnceItsSessionGoesOn() {
        loop.run(() -> {
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 9).as(Publication.Standing.SUSPECT));
            publications.putSession(NODE_B, SECOND_EPOCH, 42);
        });
        assertThat(shownWeights()).isEmpty();
    }

    @Test
    void whatIsSuspectIsNotShownOnceItsAddressWasTakenBack() {
        Publication back = published(new Publisher("t", 1), 2, 3);
        loop.run(() -> {
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 9).as(Publication.Standing.SUSPECT));
            publications.put(NODE_B, back.goneAt(10));
        });
        assertThat(shownWeights()).isEmpty();

        loop.run(() -> publications.put(NODE_A, published(FIRST_EPOCH, 1, 11).as(Publication.Standing.SUSPECT)));
        assertThat(shownWeights()).as("it was listed again since").containsExactly(1.0);
    }

    @Test
    void aLaterEpochVoidsTheEarlierOnceItIsReplayed() {
        loop.run(() -> {
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 100));
            publications.put(NODE_B, published(SECOND_EPOCH, 2, 50));
        });
        assertThat(shownWeights()).as("not yet").containsExactly(1.0);

        loop.run(() -> publications.putSession(NODE_B, SECOND_EPOCH, 42));
        assertThat(shownWeights()).containsExactly(2.0);
        assertThat(publications.voidBelow("s")).isEqualTo(5);
        assertThat(publications.tokenHash("s")).isEqualTo(OptionalLong.of(42));
    }

    @Test
    void aVoidPublicationThatComesLateIsNotShown() {
        loop.run(() -> publications.putSession(NODE_B, SECOND_EPOCH, 42));
        loop.run(() -> publications.put(NODE_A, published(FIRST_EPOCH, 1, 100)));
        assertThat(shownWeights()).isEmpty();
    }

    @Test
    void whatADeadNodeLeftDoesNotComeBackWhenTheSessionEnds() {
        Publication again = published(SECOND_EPOCH, 2, 50);
        loop.run(() -> {
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 2));
            publications.putSession(NODE_A, FIRST_EPOCH, 42);
            publications.put(NODE_B, again);
            publications.putSession(NODE_B, SECOND_EPOCH, 42);
        });
        loop.run(() -> {
            publications.remove(NODE_B, again.slot());
            publications.removeSession(NODE_B, "s");
        });
        assertThat(shownWeights()).isEmpty();
        assertThat(publications.voidBelow("s")).isEqualTo(5);
    }

    @Test
    void nothingIsRememberedOfASessionOnceNoOriginHoldsAnythingOfIt() {
        Publication left = published(FIRST_EPOCH, 1, 2);
        loop.run(() -> {
            publications.put(NODE_A, left);
            publications.putSession(NODE_B, SECOND_EPOCH, 42);
            publications.removeSession(NODE_B, "s");
        });
        assertThat(publications.remembered()).isEqualTo(1);

        loop.run(() -> publications.remove(NODE_A, left.slot()));
        assertThat(publications.remembered()).isZero();
        assertThat(publications.voidBelow("s")).isZero();
        assertThat(publications.tokenHash("s")).isEmpty();
        assertThat(index.services()).isZero();
    }

    /** The price of forgetting; bounded by the time in which node A itself finds that the session has left it. */
    @Test
    void whatArrivesOnlyAfterItsVoidingSessionWasForgottenIsShownUntilItsOwnerRemovesIt() {
        Publication late = published(FIRST_EPOCH, 1, 2);
        loop.run(() -> {
            publications.putSession(NODE_B, SECOND_EPOCH, 42);
            publications.removeSession(NODE_B, "s");
            publications.put(NODE_A, late);
        });
        assertThat(shownWeights()).containsExactly(1.0);

        loop.run(() -> publications.remove(NODE_A, late.slot()));
        assertThat(shownWeights()).isEmpty();
        assertThat(publications.remembered()).isZero();
    }

    @Test
    void removingWhatIsNotThereChangesNothing() {
        loop.run(() -> {
            publications.remove(NODE_A, published(FIRST_EPOCH, 1, 1).slot());
            publications.removeSession(NODE_A, "s");
            publications.put(NODE_A, published(FIRST_EPOCH, 1, 1));
            publications.remove(NODE_B, published(FIRST_EPOCH, 1, 1).slot());
            publications.removeSession(NODE_B, "s");
        });
        assertThat(shownWeights()).containsExactly(1.0);
        assertThat(publications.remembered()).isEqualTo(1);
    }

    @Test
    void theClockHearsOfEveryStampAndEpoch() {
        loop.run(() -> publications.put(NODE_A, published(FIRST_EPOCH, 1, 700)));
        assertThat(clock.next()).isEqualTo(701);
        loop.run(() -> publications.putSession(NODE_A, new Publisher("s", 900), 42));
        assertThat(clock.next()).isEqualTo(901);
    }

    @Test
    void aMoveIsToldOncePerHigherEpoch() {
        List<Long> told = new ArrayList<>();
        publications.onMove((session, epoch) -> told.add(epoch));
        loop.run(() -> {
            publications.putSession(NODE_A, FIRST_EPOCH, 42);
            publications.putSession(NODE_B, SECOND_EPOCH, 42);
            publications.putSession(NODE_B, SECOND_EPOCH, 42);
            publications.putSession(NODE_A, FIRST_EPOCH, 42);
        });
        assertThat(told).containsExactly(1L, 5L);
    }

    private static Publication published(Publisher publisher, double weight, long stamp) {
        return new Publication(ORDERS, INSTANCE.withWeight(weight), publisher, stamp);
    }

    private List<Double> shownWeights() {
        return index.view(ORDERS).instances().stream().map(Instance::weight).toList();
    }
}
