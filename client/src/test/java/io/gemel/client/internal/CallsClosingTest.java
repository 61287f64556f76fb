package io.gemel.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.naming.RegistryException;
import io.gemel.naming.RegistryException.Code;
import io.gemel.transport.grpc.Refusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A client that is closed says of each call whether it may have been done, and then leaves it alone. */
class CallsClosingTest {
    private final SimulatedTime time = new SimulatedTime();
    private final Random random = new Random(7);
    private final List<Calls.Outcome<String>> sent = new ArrayList<>();
    private final Calls calls = new Calls(
            time.clientLoop(7),
            time,
            Duration.ofSeconds(10),
            new ServerList(List.of("10.0.0.1:9848"), random),
            new Channels(address -> {
                throw new AssertionError("no channel is needed for " + address);
            }),
            Optional::empty);

    @Test
    void ofAWriteThatAServerMayHaveTheOutcomeIsUnknown() {
        CompletableFuture<String> write = call(Refusals.Call.WRITE);

        calls.failAll(RegistryClient.closed());

        assertThat(code(write)).isEqualTo(Code.UNKNOWN_OUTCOME);
        sent.get(0).answered("too late");
        assertThat(code(write)).isEqualTo(Code.UNKNOWN_OUTCOME);
    }

    @Test
    void ofAReadNothingWasDone() {
        CompletableFuture<String> read = call(Refusals.Call.READ);

        calls.failAll(RegistryClient.closed());

        assertThat(code(read)).isEqualTo(Code.SHUTTING_DOWN);
    }

    @Test
    void aWriteThatWaitsForItsNextRoundWasNotDoneAndIsNotSentAnyMore() {
        CompletableFuture<String> write = call(Refusals.Call.WRITE);
        sent.get(0).failed(new RegistryException(Code.NO_LEADER, "the test says so"));

        calls.failAll(RegistryClient.closed());
        time.pass(Duration.ofSeconds(20));

        assertThat(code(write)).isEqualTo(Code.SHUTTING_DOWN);
        assertThat(sent).hasSize(1);
    }

    @Test
    void aWriteThatIsSentInItsNextRoundMayBeDoneAgain() {
        CompletableFuture<String> write = call(Refusals.Call.WRITE);
        sent.get(0).failed(new RegistryException(Code.NO_LEADER, "the test says so"));
        time.pass(Duration.ofSeconds(1));
        assertThat(sent).hasSize(2);

        calls.failAll(RegistryClient.closed());

        assertThat(code(write)).isEqualTo(Code.UNKNOWN_OUTCOME);
    }

    private CompletableFuture<String> call(Refusals.Call kind) {
        return calls.call(new Calls.Call<>("the call", kind, (attempt, outcome) -> sent.add(outcome)));
    }

    private static Code code(CompletableFuture<String> call) {
        assertThat(call).isCompletedExceptionally();
        return call.handle((answer, why) -> ((RegistryException) why).code()).join();
    }
}
