package io.gemel.consistency.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.gemel.consistency.cluster.Members;
import io.gemel.naming.InstanceKey;
import io.gemel.naming.LeaseRequest;
import io.gemel.naming.ManualTicker;
import io.gemel.naming.Member;
import io.gemel.naming.RegistryException;
import io.gemel.naming.ServiceId;
import io.gemel.naming.Written;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeaseLinksTest {
    private static final List<Member> MEMBERS =
            List.of(new Member("s1", "s1", 1, 2, 3), new Member("s2", "s2", 1, 2, 3));

    private final ManualTicker ticker = new ManualTicker();
    private final LeaseLinks links =
            new LeaseLinks("test", new Members("s1", MEMBERS), member -> Optional.of(new SilentChannel()), ticker);

    @Test
    void whoWaitsBehindAMessageThatIsNotAnsweredIsToldSoInTime() {
        CompletableFuture<Optional<Written>> underWay = ask(0);
        List<CompletableFuture<Optional<Written>>> waiting =
                IntStream.rangeClosed(1, 1_000).mapToObj(this::ask).toList();
        ticker.advance(Duration.ofSeconds(1));
        CompletableFuture<Optional<Written>> later = ask(1_001);

        ticker.advance(Duration.ofSeconds(1));
        links.tick();

        assertThat(waiting).allSatisfy(LeaseLinksTest::assertUnavailable);
        assertThat(underWay).as("its call has a deadline").isNotDone();
        assertThat(later).isNotDone();
    }

    private CompletableFuture<Optional<Written>> ask(int number) {
        return links.ask(
                "s2",
                new LeaseRequest.Renew(ServiceId.of("orders"), new InstanceKey("10.0.0.1", 1 + number, "DEFAULT")));
    }

    private static void assertUnavailable(CompletableFuture<?> answer) {
        assertThat(answer)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(RegistryException.Code.UNAVAILABLE));
    }

    /** Takes calls, and never answers one. */
    private static final class SilentChannel extends ManagedChannel {
        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<A> listener, Metadata headers) {}

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(String message, Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }

        @Override
        public String authority() {
            return "silent";
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
