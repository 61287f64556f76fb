package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.Instance;
import io.gemel.naming.Registration;
import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.naming.ServiceId;
import io.gemel.naming.ServiceView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An empty list replaces a full one only if the server that told the full one says so, or a ready server confirms it. */
class ViewsTest {
    private static final ServiceId ORDERS = ServiceId.of("orders");
    private static final Instance A = Instance.ephemeral("10.0.0.1", 8080);
    private static final Instance B = Instance.ephemeral("10.0.0.2", 8080);
    private static final Duration HELD = Confirmations.HOLD.multipliedBy(2);

    private final SimulatedTime time = new SimulatedTime();
    private final ClientLoop loop = time.clientLoop(1);
    private final Deque<CompletableFuture<ServiceView>> questions = new ArrayDeque<>();
    private final Views views = new Views(loop, Optional.empty(), this::ask);
    private final Watches watches = views.watches();
    private final List<ViewDiff> events = new ArrayList<>();
    private final Subscriber listener = new Subscriber(ORDERS, events::add, time);

    @Test
    void theServerThatToldTheInstancesIsBelievedWhenItTellsThatTheyAreGone() {
        follow(view(3, A, B));

        tell(view(4));

        assertThat(last().view().isEmpty()).isTrue();
        assertThat(last().removed()).containsExactly(A, B);
        assertThat(last().stale()).isFalse();
        assertThat(questions).isEmpty();
    }

    @Test
    void aNewConnectionThatBeginsWithNothingDoesNotEmptyTheList() {
        follow(view(3, A, B));
        watches.restart();

        tell(view(900)); // whatever its revision: those of two servers cannot be compared

        assertThat(last().stale()).isTrue();
        assertThat(last().view().instances()).containsExactly(A, B);
        assertThat(last().removed()).isEmpty();
        assertThat(newest()).containsExactly(A, B);
    }

    @Test
    void whatComesBackOnTheNewConnectionReplacesTheListAtOnce() {
        follow(view(3, A, B));
        watches.restart();
        tell(view(1));

        tell(view(2, B));

        assertThat(last().stale()).isFalse();
        assertThat(last().removed()).containsExactly(A);
        time.pass(HELD);
        assertThat(questions).as("nothing is in doubt any more").isEmpty();
    }

    @Test
    void aReadyServerThatStillKnowsNothingLaterConfirmsIt() {
        follow(view(3, A, B));
        watches.restart();
        tell(view(1));
        time.pass(Confirmations.HOLD.minusMillis(1));
        assertThat(questions)
                .as("clients need time to find servers that were started anew")
                .isEmpty();

        time.pass(HELD);
        questions.remove().completeExceptionally(new RegistryException(Code.NOT_FOUND, "nothing is registered"));
        time.settle();

        assertThat(last().view().isEmpty()).isTrue();
        assertThat(last().removed()).containsExactly(A, B);
        assertThat(last().stale()).isFalse();
    }

    @Test
    void aServerThatIsNotReadyConfirmsNothingAndIsAskedAgain() {
        follow(view(3, A, B));
        watches.restart();
        tell(view(1));
        time.pass(HELD);
        questions.remove().completeExceptionally(new RegistryException(Code.NOT_READY, "starting"));

        time.pass(HELD);

        assertThat(questions).hasSize(1);
        assertThat(newest()).containsExactly(A, B);
    }

    @Test
    void aConfirmationThatIsLateForAnotherConnectionConfirmsNothing() {
        follow(view(3, A, B));
        watches.restart();
        tell(view(1));
        time.pass(HELD);
        watches.restart();
        tell(view(1));

        questions.remove().completeExceptionally(new RegistryException(Code.NOT_FOUND, "nothing is registered"));

        assertThat(newest()).containsExactly(A, B);
        time.pass(HELD);
        assertThat(questions).hasSize(1);
    }

    @Test
    void anEmptyServiceIsToldAtOnceWhereNothingElseWasKnown() {
        follow(view(1));

        assertThat(last().view().isEmpty()).isTrue();
        assertThat(last().stale()).isFalse();
    }

    @Test
    void whatIsRememberedStandsInUntilAServerTells() {
        watches.add(ORDERS, listener);
        watches.remembered(view(0, A));
        time.settle();
        assertThat(last().stale()).isTrue();
        assertThat(last().added()).containsExactly(A);

        tell(view(7, A));

        assertThat(last().stale())
                .as("an event says so although no instance differs")
                .isFalse();
        assertThat(last().added()).isEmpty();
        assertThat(events).hasSize(2);
    }

    @Test
    void whatIsRememberedIsNotEmptiedByAServersFirstWordEither() {
        watches.add(ORDERS, listener);
        watches.remembered(view(0, A));

        tell(view(7));

        assertThat(newest()).containsExactly(A);
        assertThat(last().stale()).isTrue();
    }

    @Test
    void whatAServerHasToldIsNeverReplacedByWhatIsRemembered() {
        follow(view(7, A));

        watches.remembered(view(0, B));

        assertThat(newest()).containsExactly(A);
    }

    private CompletableFuture<ServiceView> ask(ServiceId service) {
        assertThat(service).isEqualTo(ORDERS);
        CompletableFuture<ServiceView> question = new CompletableFuture<>();
        questions.add(question);
        return question;
    }

    private void follow(ServiceView view) {
        watches.add(ORDERS, listener);
        watches.restart();
        tell(view);
    }

    private void tell(ServiceView view) {
        watches.told(view);
        time.settle();
    }

    private ViewDiff last() {
        return events.get(events.size() - 1);
    }

    private List<Instance> newest() {
        return views.newest(ORDERS).orElseThrow().instances();
    }

    private static ServiceView view(long revision, Instance... instances) {
        return new ServiceView(
                ORDERS,
                revision,
                Stream.of(instances)
                        .map(instance -> new Registration(instance, 0))
                        .toList());
    }
}
