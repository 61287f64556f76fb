package io.gemel.consistency.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ProbedTest {
    @Test
    void whatThisServerLacksSaysNothingOfTheInstance() {
        unknown(new SocketException("Network is unreachable"), "network is unreachable");
        unknown(new SocketException("Too many open files"), "too many open files");
        unknown(new SocketException("Cannot assign requested address"), "cannot assign requested address");
        unknown(new CompletionException(new SocketException("Network is down")), "network is down");
        IOException files = new IOException("newSocketStream(..) failed with error(-24): Too many open files");
        unknown(
                Status.UNKNOWN
                        .withCause(new IllegalStateException("no channel", files))
                        .asRuntimeException(),
                "too many open files");
    }

    @Test
    void whatTheInstanceOrItsHostDoesIsItsOwnFailure() {
        unhealthy(new NoRouteToHostException("No route to host"));
        unhealthy(new ConnectException("Connection refused"));
        unhealthy(new ConnectException("Connection timed out"));
        unhealthy(new IOException("Connection reset by peer"));
        unhealthy(new NoRouteToHostException());
    }

    @Test
    void aNameThatNobodyHasIsAFailureAndOneThatCouldNotBeLookedUpIsNone() {
        assertThat(notResolved(": Name or service not known")).isEqualTo(Probed.unhealthy("the name is not known"));
        assertThat(notResolved(": No address associated with hostname"))
                .isEqualTo(Probed.unhealthy("the name is not known"));
        assertThat(notResolved(": Name does not resolve")).isEqualTo(Probed.unhealthy("the name is not known"));
        assertThat(notResolved(": Temporary failure in name resolution"))
                .isEqualTo(Probed.unknown("temporary failure in name resolution"));
        assertThat(notResolved(": Try again")).isEqualTo(Probed.unknown("try again"));
    }

    @Test
    void aFailureToLookUpThatTheJvmRemembersWithoutItsReasonIsNone() {
        assertThat(notResolved("").finding()).isEqualTo(Confirmations.Finding.UNKNOWN);
    }

    private static Probed notResolved(String reason) {
        return Probed.notResolved("Shop.example", new UnknownHostException("Shop.example" + reason));
    }

    @Test
    void anInstanceThatComplainsOfItsOwnLackHasFailed() {
        unhealthy(Status.UNAVAILABLE.withDescription("Too many open files").asRuntimeException());
    }

    private static void unknown(Throwable failure, String cause) {
        assertThat(Probed.failed(failure, "failed")).isEqualTo(Probed.unknown(cause));
    }

    private static void unhealthy(Throwable failure) {
        assertThat(Probed.failed(failure, "failed")).isEqualTo(Probed.unhealthy("failed"));
    }
}
